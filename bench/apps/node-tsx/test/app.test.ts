import assert from "node:assert";
import { test } from "node:test";
import { app } from "../src/app.js";

test("it is healthy", async () => {
  assert.equal((await app.request("/health")).status, 200);
});
