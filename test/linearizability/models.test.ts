import { describe, expect, test } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { check } from "./checker/checker.ts";
import { type Content, type RecordInput, type RecordOutput, recordModel } from "./models/record-model.ts";
import { type SessionInput, type SessionOutput, sessionModel, type Visit } from "./models/session-model.ts";
import type { Model, Operation } from "./workload/history.ts";

/** From, to, what was asked, and what was answered; without an answer the outcome is unknown. */
type Step<Input, Output> = [start: number, end: number, input: Input, output?: Output];

function verdict<State, Input, Output>(
  model: Model<State, Input, Output>,
  steps: readonly Step<Input, Output>[],
): boolean {
  const history = steps.map(([start, end, input, output]): Operation<Input, Output> => {
    if (output === undefined)
      return { client: "c", input, outcome: { is: "unknown" }, start, end: Number.POSITIVE_INFINITY };
    return { client: "c", input, outcome: { is: "answered", output }, start, end };
  });
  return check(model, history).linearizable;
}

const lost = Number.POSITIVE_INFINITY;

describe("a record", () => {
  const content = (version: number, body: string, lastSeenAt = 10, expiresAt = 100): Content => ({
    ...stamp(version),
    body,
    createdAt: 0,
    lastSeenAt,
    expiresAt,
  });
  const create = (body = "a"): RecordInput => ({ do: "create", content: content(1, body) });
  const replace = (expected: number, body: string, lastSeenAt?: number, expiresAt?: number): RecordInput => ({
    do: "replace",
    expected: stamp(expected),
    content: content(expected + 1, body, lastSeenAt, expiresAt),
  });
  const touch = (expected: number, lastSeenAt: number, expiresAt: number): RecordInput => ({
    do: "touch",
    expected: stamp(expected),
    lastSeenAt,
    expiresAt,
  });
  const read: RecordInput = { do: "read" };
  const remove: RecordInput = { do: "delete" };
  const begun: Step<RecordInput, RecordOutput> = [0, 1, create(), true];

  const right: Record<string, Step<RecordInput, RecordOutput>[]> = {
    "of two creates one": [
      [0, 9, create("a"), false],
      [0, 9, create("b"), true],
      [10, 11, read, content(1, "b")],
    ],
    "of two replaces one": [begun, [2, 9, replace(1, "b"), true], [2, 9, replace(1, "c"), false]],
    "a touch before the replace that it overlaps": [
      begun,
      [2, 9, touch(1, 20, 300), true],
      [2, 9, replace(1, "b", 15, 200), true],
      [10, 11, read, content(2, "b", 20, 300)],
    ],
    "a later visit stays": [
      begun,
      [2, 3, touch(1, 20, 150), true],
      [4, 5, replace(1, "b", 15, 120), true],
      [6, 7, read, content(2, "b", 20, 150)],
    ],
    "a replace whose answer was lost, and that arrived late": [
      begun,
      [2, lost, replace(1, "b")],
      [3, 4, read, content(1, "a")],
      [5, 6, touch(1, 10, 100), true],
      [7, 8, read, content(2, "b")],
    ],
    "a delete whose answer was lost, and that never arrived": [begun, [2, lost, remove], [3, 4, read, content(1, "a")]],
    "a record that was deleted and is created again": [
      begun,
      [2, 3, remove, true],
      [4, 5, create("b"), true],
      [6, 7, read, content(1, "b")],
    ],
  };
  test.each(Object.entries(right))("right: %s", (_, steps) => expect(verdict(recordModel, steps)).toBe(true));

  const wrong: Record<string, Step<RecordInput, RecordOutput>[]> = {
    "two creates": [begun, [2, 3, create("b"), true]],
    "two replaces of one version": [begun, [2, 9, replace(1, "b"), true], [2, 9, replace(1, "c"), true]],
    "a replace of another version": [begun, [2, 3, replace(2, "b"), true]],
    "a replace that was refused and is there": [begun, [2, 3, replace(1, "b"), false], [4, 5, read, content(2, "b")]],
    "a replace that succeeded and is not there": [begun, [2, 3, replace(1, "b"), true], [4, 5, read, content(1, "a")]],
    "a replace that brings back what was deleted": [begun, [2, 3, remove, true], [4, 5, replace(1, "b"), true]],
    "a touch that brings back what was deleted": [
      begun,
      [2, 9, touch(1, 20, 200), true],
      [3, 4, remove, true],
      [10, 11, read, content(1, "a", 20, 200)],
    ],
    "a replace that undoes a later visit": [
      begun,
      [2, 3, touch(1, 20, 200), true],
      [4, 5, replace(1, "b", 15, 100), true],
      [6, 7, read, content(2, "b", 15, 100)],
    ],
    "two deletes of one record": [begun, [2, 9, remove, true], [2, 9, remove, true]],
    "a replace of unknown outcome that took effect, and was undone": [
      begun,
      [2, lost, replace(1, "b")],
      [3, 4, read, content(2, "b")],
      [5, 6, replace(1, "c"), true],
    ],
  };
  test.each(Object.entries(wrong))("wrong: %s", (_, steps) => expect(verdict(recordModel, steps)).toBe(false));
});

describe("a session", () => {
  const open: SessionInput = { do: "open" };
  const byToken = (era: string): SessionInput => ({ do: "open", era });
  const write = (act: "pair" | "swap" | "offer" | "flash" | "renew", value: string, era = "one"): SessionInput => ({
    do: act,
    era,
    value,
  });
  const take: SessionInput = { do: "take", era: "one" };
  const flashes: SessionInput = { do: "flashes", era: "one" };
  const destroy: SessionInput = { do: "destroy" };
  const found = (data: Partial<Visit> = {}): SessionOutput => ({ found: { era: "one", ...data } });
  const begun: Step<SessionInput, SessionOutput> = [0, 1, { do: "issue", data: { era: "one" } }, "done"];

  const right: Record<string, Step<SessionInput, SessionOutput>[]> = {
    "the last of two parallel writes stays": [
      begun,
      [2, 9, write("pair", "a"), "done"],
      [2, 9, write("pair", "b"), "done"],
      [10, 11, open, found({ left: "a", right: "a" })],
    ],
    "each swap tells what it replaced": [
      begun,
      [2, 9, write("swap", "a"), { replaced: "b" }],
      [2, 9, write("swap", "b"), { replaced: null }],
    ],
    "messages come in order, and once": [
      begun,
      [2, 3, write("flash", "a"), "done"],
      [4, 5, write("flash", "b"), "done"],
      [6, 9, flashes, { messages: [] }],
      [6, 9, flashes, { messages: ["a", "b"] }],
    ],
    "a request that began before a login hears that its session is over": [
      begun,
      [2, 5, write("renew", "two"), "done"],
      [3, 6, write("pair", "a"), "gone"],
      [7, 8, byToken("one"), "gone"],
      [7, 8, byToken("two"), { found: { era: "two" } }],
    ],
    "a write of unknown outcome that comes after another": [
      begun,
      [2, lost, write("pair", "a")],
      [3, 4, write("pair", "b"), "done"],
      [5, 6, open, found({ left: "b", right: "b" })],
      [7, 8, open, found({ left: "a", right: "a" })],
    ],
    "a login of unknown outcome that took effect": [
      begun,
      [2, lost, write("renew", "two")],
      [3, 4, write("pair", "a"), "gone"],
      [5, 6, byToken("one"), "gone"],
    ],
    "what was over before it was said": [begun, [2, 5, destroy, "done"], [3, 4, open, "gone"], [6, 7, destroy, "done"]],
  };
  test.each(Object.entries(right))("right: %s", (_, steps) => expect(verdict(sessionModel, steps)).toBe(true));

  const wrong: Record<string, Step<SessionInput, SessionOutput>[]> = {
    "a lost update": [
      begun,
      [2, 9, write("swap", "a"), { replaced: null }],
      [2, 9, write("swap", "b"), { replaced: null }],
    ],
    "a write that nobody ever saw and that left the old value": [
      begun,
      [2, 3, write("pair", "a"), "done"],
      [4, 5, write("pair", "b"), "done"],
      [6, 7, open, found({ left: "a", right: "a" })],
    ],
    "half of a commit": [begun, [2, 5, write("pair", "a"), "done"], [3, 4, open, found({ left: "a" })]],
    "one coupon for two": [
      begun,
      [2, 3, write("offer", "a"), "done"],
      [4, 9, take, { taken: "a" }],
      [4, 9, take, { taken: "a" }],
    ],
    "a message that comes twice": [
      begun,
      [2, 3, write("flash", "a"), "done"],
      [4, 5, flashes, { messages: ["a"] }],
      [6, 7, flashes, { messages: ["a"] }],
    ],
    "a message that is lost": [begun, [2, 3, write("flash", "a"), "done"], [4, 5, flashes, { messages: [] }]],
    "messages in another order": [
      begun,
      [2, 3, write("flash", "a"), "done"],
      [4, 5, write("flash", "b"), "done"],
      [6, 7, flashes, { messages: ["b", "a"] }],
    ],
    resurrection: [begun, [2, 3, destroy, "done"], [4, 5, open, found()]],
    "resurrection by a write that began before": [
      begun,
      [2, 6, write("pair", "a"), "done"],
      [3, 4, destroy, "done"],
      [7, 8, open, found({ left: "a", right: "a" })],
    ],
    "a write with a token that a login ended": [
      begun,
      [2, 3, write("renew", "two"), "done"],
      [4, 5, write("pair", "a"), "done"],
    ],
    "a token that a login ended, and that still opens the session": [
      begun,
      [2, 3, write("renew", "two"), "done"],
      [4, 5, byToken("one"), { found: { era: "two" } }],
    ],
    "told that it is over, although it is not": [begun, [2, 3, write("pair", "a"), "gone"], [4, 5, open, found()]],
    "told that it is over, although the change was stored": [
      begun,
      [2, 5, write("renew", "two"), "done"],
      [3, 6, write("pair", "a"), "gone"],
      [7, 8, open, found({ era: "two", left: "a", right: "a" })],
    ],
    "a change of unknown outcome that took effect twice": [
      begun,
      [2, lost, write("flash", "a")],
      [3, 4, flashes, { messages: ["a"] }],
      [5, 6, flashes, { messages: ["a"] }],
    ],
  };
  test.each(Object.entries(wrong))("wrong: %s", (_, steps) => expect(verdict(sessionModel, steps)).toBe(false));
});
