package main

import "example.com/shop/cmd"

var version = "dev"

func main() {
	cmd.Execute(version)
}
