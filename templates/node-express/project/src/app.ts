import express, { type ErrorRequestHandler, type Express } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";

/** The application, without a port: the tests start it on one of their own. */
export function createApp(logger: Logger): Express {
  const app = express();
  app.use(helmet());
  app.use(
    pinoHttp({
      logger,
      // Health checks come every few seconds.
      autoLogging: { ignore: (request) => request.url === "/health" },
    }),
  );
  app.use(express.json({ limit: "100kb" }));

  app.get("/health", (_request, response) => {
    response.json({ status: "ok" });
  });

  app.get("/greetings/:name", (request, response) => {
    response.json({ message: `Hello, ${request.params.name}!` });
  });

  app.use((_request, response) => {
    response.status(404).json({ error: "not found" });
  });
  app.use(onError);
  return app;
}

/** Errors end here: everything is logged; clients see details of 4xx errors only. */
const onError: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status = typeof error?.status === "number" && error.status < 500 ? error.status : 500;
  if (status === 500) {
    request.log.error(error);
  }
  response.status(status).json({ error: status === 500 ? "internal error" : String(error.message) });
};
