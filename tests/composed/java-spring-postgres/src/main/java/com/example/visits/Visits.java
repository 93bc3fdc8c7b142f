package com.example.visits;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Visits {
  private final JdbcTemplate store;

  Visits(JdbcTemplate store) {
    this.store = store;
  }

  public static void main(String[] arguments) {
    SpringApplication.run(Visits.class, arguments);
  }

  @GetMapping("/")
  Long index() {
    store.update("insert into visits values (now())");
    return store.queryForObject("select count(*) from visits", Long.class);
  }
}
