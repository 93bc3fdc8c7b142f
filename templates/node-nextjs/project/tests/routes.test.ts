import { expect, test } from "vitest";
import { GET as greet } from "../app/api/greetings/[name]/route";
import { GET as health } from "../app/api/health/route";

test("it is healthy", async () => {
  const response = health();
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
});

test("it greets", async () => {
  const request = new Request("http://localhost/api/greetings/Ada");
  const response = await greet(request, { params: Promise.resolve({ name: "Ada" }) });
  expect(await response.json()).toEqual({ message: "Hello, Ada!" });
});
