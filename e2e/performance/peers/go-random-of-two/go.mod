module go-random-of-two

go 1.24
