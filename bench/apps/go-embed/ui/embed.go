// Package ui holds the front end that was built.
package ui

import "embed"

// Files is the folder dist as Vite wrote it.
//
//go:embed all:dist
var Files embed.FS
