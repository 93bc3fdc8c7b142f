import { pino } from "pino";

/** Logs of the server: JSON, one object a line, on standard output. */
export const logger = pino({ level: process.env.LOG_LEVEL || "info" });
