package shop;

import io.javalin.Javalin;

public class Notes {
    public static void main(String[] args) {
        Javalin.create().get("/health", ctx -> ctx.result("ok")).start(7070);
    }
}
