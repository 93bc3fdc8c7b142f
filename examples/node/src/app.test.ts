import assert from "node:assert";
import { test } from "node:test";
import { app } from "./app.js";

test("health answers ok", async () => {
  const server = app.listen(0);
  const { port } = server.address() as { port: number };
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  assert.deepEqual(await response.json(), { status: "ok" });
  server.close();
});
