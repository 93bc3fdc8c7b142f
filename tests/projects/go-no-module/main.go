package main

import (
	"log"
	"net/http"
	"os"

	"github.com/gorilla/mux"

	"example.com/notes/handlers"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8070"
	}
	router := mux.NewRouter()
	handlers.Register(router)
	log.Fatal(http.ListenAndServe(":"+port, router))
}
