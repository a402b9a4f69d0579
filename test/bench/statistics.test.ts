import { expect, test } from "vitest";
import { mean, median } from "../../bench/measure/statistics.ts";

test("the median is the middle value, or the mean of the two in the middle", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 2, 4, 1])).toBe(3);
});

test("the median leaves its argument as it was", () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test("the mean is the sum by the number", () => {
  expect(mean([1, 2, 6])).toBe(3);
});
