package main

import "fmt"

func main() {
	var address string
	fmt.Scanln(&address)
	fmt.Println("queued for", address)
}
