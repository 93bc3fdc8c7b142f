package main

import (
	"net/http"

	"example.com/shop/ui"
)

func main() {
	http.Handle("/", http.FileServer(http.FS(ui.Files)))
	http.ListenAndServe(":8080", nil)
}
