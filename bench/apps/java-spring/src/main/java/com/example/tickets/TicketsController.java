package com.example.tickets;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class TicketsController {
    @GetMapping("/tickets")
    public List<String> tickets() {
        return List.of("front row");
    }
}
