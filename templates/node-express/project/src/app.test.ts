import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { createApp } from "./app.js";

let server: Server;
let base: string;

before(async () => {
  server = createApp(pino({ level: "silent" })).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.close();
  server.closeAllConnections();
});

test("it is healthy", async () => {
  const response = await fetch(`${base}/health`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: "ok" });
});

test("it greets, with security headers", async () => {
  const response = await fetch(`${base}/greetings/Ada`);
  assert.deepEqual(await response.json(), { message: "Hello, Ada!" });
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("x-powered-by"), null);
});

test("unknown paths return a JSON 404", async () => {
  const response = await fetch(`${base}/nothing`);
  assert.equal(response.status, 404);
  assert.deepEqual(await response.json(), { error: "not found" });
});

test("malformed JSON returns 400", async () => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${base}/greetings/Ada`, { method: "POST", headers, body: "{" });
  assert.equal(response.status, 400);
});
