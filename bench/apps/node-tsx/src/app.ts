import { Hono } from "hono";

export const app = new Hono();
app.get("/health", (context) => context.json({ status: "ok" }));
app.get("/rates", (context) => context.json({ EUR: 1, USD: 1.08 }));
