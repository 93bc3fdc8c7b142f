package httpapi

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestRoutes(t *testing.T) {
	handler := New(slog.New(slog.DiscardHandler))
	for _, test := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/health", http.StatusOK, `{"status":"ok"}`},
		{"GET", "/greetings/Ada", http.StatusOK, `{"message":"Hello, Ada!"}`},
		{"POST", "/health", http.StatusMethodNotAllowed, ""},
		{"GET", "/nothing", http.StatusNotFound, ""},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			response := httptest.NewRecorder()
			handler.ServeHTTP(response, httptest.NewRequest(test.method, test.path, nil))
			if response.Code != test.status {
				t.Fatalf("status %d, not %d", response.Code, test.status)
			}
			if got := string(bytes.TrimSpace(response.Body.Bytes())); test.body != "" && got != test.body {
				t.Fatalf("body %s, not %s", got, test.body)
			}
		})
	}
}

func TestRequestsAreLoggedAsJSON(t *testing.T) {
	var log bytes.Buffer
	handler := New(slog.New(slog.NewJSONHandler(&log, nil)))
	for _, path := range []string{"/health", "/nothing"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	var entry struct {
		Path   string
		Status int
	}
	if err := json.Unmarshal(log.Bytes(), &entry); err != nil {
		t.Fatalf("not one line of JSON: %v in %q", err, log.String())
	}
	if entry.Path != "/nothing" || entry.Status != http.StatusNotFound {
		t.Fatalf("logged %+v", entry)
	}
}

func TestAPanicIsAnswered(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	response := httptest.NewRecorder()
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })
	recovered(logger, broken).ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/", nil))
	if response.Code != http.StatusInternalServerError || !bytes.Contains(log.Bytes(), []byte("broken")) {
		t.Fatalf("status %d, log %q", response.Code, log.String())
	}
}
