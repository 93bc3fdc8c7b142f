package main

import (
	"log"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

func main() {
	connection, err := amqp.Dial(os.Getenv("AMQP_URL"))
	if err != nil {
		log.Fatal(err)
	}
	channel, err := connection.Channel()
	if err != nil {
		log.Fatal(err)
	}
	messages, err := channel.Consume("mail", "", true, false, false, false, nil)
	if err != nil {
		log.Fatal(err)
	}
	for message := range messages {
		log.Printf("%s", message.Body)
	}
}
