package main

import (
	"context"
	"log/slog"
	"testing"
	"time"
)

func TestItStopsWhenItIsTold(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := run(ctx, slog.New(slog.DiscardHandler), "127.0.0.1:0"); err != nil {
		t.Fatalf("run: %v", err)
	}
}

func TestAnAddressThatIsNoneIsAnError(t *testing.T) {
	if err := run(t.Context(), slog.New(slog.DiscardHandler), "nowhere"); err == nil {
		t.Fatal("run: no error")
	}
}
