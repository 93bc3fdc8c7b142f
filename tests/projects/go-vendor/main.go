package main

import (
	"flag"
	"net/http"

	"github.com/go-chi/chi/v5"
)

func main() {
	addr := flag.String("addr", ":9999", "where to listen")
	http.ListenAndServe(*addr, chi.NewRouter())
}
