import compression from "compression";
import express from "express";
import { parcels } from "./routes/parcels.js";

export const app = express();
app.use(compression());
app.use(express.json());
app.get("/healthz", (_, response) => response.json({ status: "ok" }));
app.use("/parcels", parcels);
