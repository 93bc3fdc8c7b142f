package shop;

import io.javalin.Javalin;

public class App {
    public static void main(String[] args) {
        Javalin.create().start(7070);
    }
}
