// Package httpapi is what the service answers by HTTP.
package httpapi

import (
	"encoding/json"
	"log/slog"
	"net/http"
)

// New gives the handler of all routes.
func New(logger *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("GET /greetings/{name}", greet)
	return logged(logger, recovered(logger, mux))
}

// health says that the process is up, and nothing of what it depends on.
func health(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]string{"status": "ok"})
}

// greet is an example, to be replaced.
func greet(w http.ResponseWriter, r *http.Request) {
	reply(w, http.StatusOK, map[string]string{"message": "Hello, " + r.PathValue("name") + "!"})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The status is sent: of a connection that broke there is nobody to tell.
	_ = json.NewEncoder(w).Encode(body)
}
