import assert from "node:assert";
import { test } from "node:test";
import request from "supertest";
import { app } from "../src/app.js";

test("it is healthy", async () => {
  const response = await request(app).get("/healthz");
  assert.equal(response.status, 200);
});
