package cmd

import (
	"net/http"
	"os"

	"example.com/shop/views"
	"github.com/spf13/cobra"
)

var root = &cobra.Command{Use: "shop"}

func Execute(version string) {
	var address string
	serve := &cobra.Command{Use: "serve", RunE: func(*cobra.Command, []string) error {
		if err := os.MkdirAll("uploads", 0o755); err != nil {
			return err
		}
		http.Handle("/static/", http.FileServer(http.Dir("static")))
		http.Handle("/", views.Index())
		return http.ListenAndServe(address, nil)
	}}
	serve.Flags().StringVar(&address, "address", "127.0.0.1:8090", "where to listen")
	root.AddCommand(serve)
	root.AddCommand(&cobra.Command{Use: "migrate", Run: func(*cobra.Command, []string) {}})
	root.Version = version
	root.Execute()
}
