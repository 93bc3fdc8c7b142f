import { pino } from "pino";

export const logger = (name: string) => pino({ name });
