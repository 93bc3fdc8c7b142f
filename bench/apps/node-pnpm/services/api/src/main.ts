import Fastify from "fastify";
import { logger } from "@shop/log";
import { total } from "@shop/money";

const log = logger("api");
const app = Fastify();
app.get("/health", async () => ({ status: "ok" }));
app.get("/total", async () => ({ total: total(["1.10", "2.20"]) }));

const port = Number(process.env.PORT ?? 3000);
await app.listen({ port, host: "0.0.0.0" });
log.info({ port }, "listening");
process.on("SIGTERM", () => void app.close().then(() => process.exit(0)));
