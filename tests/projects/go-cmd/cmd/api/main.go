package main

import (
	"os"

	"github.com/gin-gonic/gin"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8085"
	}
	r := gin.Default()
	r.LoadHTMLGlob("templates/*")
	r.GET("/health", nil)
	r.Run(":" + port)
}
