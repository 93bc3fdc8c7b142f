package com.example.tickets;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class TicketsApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(TicketsApplication.class, arguments);
    }
}
