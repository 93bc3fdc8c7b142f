import express from "express";

export const app = express();

app.get("/", (_request, response) => {
  response.type("html").send("<h1>It works</h1>");
});

app.get("/health", (_request, response) => {
  response.json({ status: "ok" });
});
