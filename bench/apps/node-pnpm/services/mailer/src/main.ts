import express from "express";
import nodemailer from "nodemailer";
import { logger } from "@shop/log";

const log = logger("mailer");
const transport = nodemailer.createTransport({ jsonTransport: true });
const app = express();
app.get("/health", (_, response) => void response.json({ status: "ok" }));
app.post("/mails", async (_, response) => {
  await transport.sendMail({ to: "someone@example.com", text: "Your order is on its way" });
  response.sendStatus(202);
});

const port = Number(process.env.PORT ?? 3001);
const server = app.listen(port, () => log.info({ port }, "listening"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
