// Command board serves its own front end.
package main

import (
	"io/fs"
	"log"
	"net/http"
	"os"

	"example.com/board/ui"
)

func main() {
	pages, err := fs.Sub(ui.Files, "dist")
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/", http.FileServerFS(pages))
	http.HandleFunc("/api/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })

	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
