import { Router } from "express";

export const notes = Router();

notes.get("/", (_request, response) => response.json([]));
