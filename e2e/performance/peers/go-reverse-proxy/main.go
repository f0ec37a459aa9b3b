// Reverse proxy on Go's standard library alone, the peer that benchmarks compare with:
// go-reverse-proxy LISTEN_ADDRESS TARGET_ADDRESS. HTTP/1.1 goes out as HTTP/1.1, h2c as h2c.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func transport(h2c bool) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!h2c)
	protocols.SetUnencryptedHTTP2(h2c)
	return &http.Transport{
		Protocols:           protocols,
		MaxIdleConns:        1000,
		MaxIdleConnsPerHost: 1000,
		DisableCompression:  true,
	}
}

func main() {
	target := &url.URL{Scheme: "http", Host: os.Args[2]}
	proxies := map[int]http.Handler{}
	for major, h2c := range map[int]bool{1: false, 2: true} {
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.Transport = transport(h2c)
		proxies[major] = proxy
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Addr: os.Args[1], Protocols: protocols}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxies[r.ProtoMajor].ServeHTTP(w, r)
	})
	log.Fatal(server.ListenAndServe())
}
