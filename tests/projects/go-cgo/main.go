package main

import (
	"net/http"

	_ "github.com/mattn/go-sqlite3"
)

func main() { http.ListenAndServe(":8080", nil) }
