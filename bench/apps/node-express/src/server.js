import { pino } from "pino";
import { app } from "./app.js";

const log = pino();
const port = Number(process.env.PORT ?? 3000);
const server = app.listen(port, () => log.info({ port }, "listening"));

process.on("SIGTERM", () => server.close(() => process.exit(0)));
