import { serve } from "@hono/node-server";
import { app } from "./app.js";

const port = Number(process.env.PORT ?? 3000);
const server = serve({ fetch: app.fetch, port });
process.on("SIGTERM", () => server.close(() => process.exit(0)));
