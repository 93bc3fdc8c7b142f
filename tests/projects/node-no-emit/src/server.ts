import express from "express";
import { notes } from "./notes.ts";

const app = express();

app.get("/healthz", (_request, response) => response.send("ok"));
app.use("/notes", notes);

app.listen(process.env.PORT || 5050);
