// Reverse proxy on Go's standard library that sends each request to the less busy of two random backends, the peer that the
// activator is compared with: go-random-of-two LISTEN_ADDRESS BACKEND_ADDRESS...
package main

import (
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync/atomic"
)

type backend struct {
	proxy    *httputil.ReverseProxy
	inFlight atomic.Int64
}

func lessBusy(backends []*backend) *backend {
	first := rand.IntN(len(backends))
	second := rand.IntN(len(backends) - 1)
	if second >= first {
		second++
	}
	a, b := backends[first], backends[second]
	if b.inFlight.Load() < a.inFlight.Load() {
		return b
	}
	return a
}

func main() {
	transport := &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000, DisableCompression: true}
	var backends []*backend
	for _, address := range os.Args[2:] {
		proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
		proxy.Transport = transport
		backends = append(backends, &backend{proxy: proxy})
	}
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chosen := lessBusy(backends)
		chosen.inFlight.Add(1)
		defer chosen.inFlight.Add(-1)
		chosen.proxy.ServeHTTP(w, r)
	})))
}
