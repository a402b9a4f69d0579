import { expect, test } from "vitest";
import { sessionSlots, slotOf, slots, spreadOver } from "../../bench/scale/distribution.ts";

test("a key has the slot that Redis Cluster gives it", () => {
  expect(slotOf("123456789")).toBe(0x31c3);
  expect(slotOf("foo")).toBe(12_182);
});

test("keys that fill all slots alike are spread evenly, and one busy key is seen", () => {
  const each = Array.from({ length: slots }, (_, slot) => slot);
  expect(spreadOver(4, each).keys).toBe(1);
  expect(spreadOver(4, each).load).toBeGreaterThan(1.5);
});

test("sessions fall on all nodes, none of which has 5 % more than the mean", () => {
  expect(spreadOver(6, sessionSlots(20_000)).keys).toBeLessThan(1.05);
});
