import { Big } from "big.js";

export const total = (prices: string[]): string =>
  prices.reduce((sum, price) => sum.plus(price), new Big(0)).toFixed(2);
