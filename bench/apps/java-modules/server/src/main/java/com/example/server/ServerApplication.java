package com.example.server;

import com.example.pricing.Prices;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class ServerApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(ServerApplication.class, arguments);
    }

    @GetMapping("/price")
    public int price() {
        return Prices.of(2);
    }
}
