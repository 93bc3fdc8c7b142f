import { expect, test } from "vitest";
import { showCounter } from "./counter";

test("a click is counted", () => {
  const button = showCounter(document.body);
  expect(button.textContent).toBe("Clicked 0 times");
  button.click();
  expect(button.textContent).toBe("Clicked 1 times");
  expect(document.body.contains(button)).toBe(true);
});
