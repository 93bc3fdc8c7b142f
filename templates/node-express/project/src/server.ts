import { pino } from "pino";
import { createApp } from "./app.js";

const logger = pino({ level: process.env.LOG_LEVEL || "info" });
const port = Number(process.env.PORT || 3000);

const server = createApp(logger).listen(port, (error?: Error) => {
  if (error) {
    logger.fatal(error, "can't listen");
    process.exit(1);
  }
  logger.info({ port }, "listening");
});

/** Take no new requests, let the open ones finish, but not forever. */
function stop(signal: NodeJS.Signals): void {
  logger.info({ signal }, "stopping");
  server.close(() => {
    logger.info("stopped");
    process.exit(0);
  });
  setTimeout(() => {
    logger.warn("requests were cut off");
    process.exit(1);
  }, 8_000).unref();
}

process.once("SIGTERM", stop);
process.once("SIGINT", stop);
