package handlers

import (
	"fmt"
	"net/http"

	"github.com/gorilla/mux"
)

func Register(router *mux.Router) {
	router.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
}
