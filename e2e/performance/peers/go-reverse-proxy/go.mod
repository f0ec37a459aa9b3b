module go-reverse-proxy

go 1.24
