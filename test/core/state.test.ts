import { describe, expect, it, test } from "vitest";
import { run } from "../../src/core/language/flow.ts";
import { dataName, type Entries, flashName } from "../../src/core/record/entries.ts";
import type { Control, SessionState } from "../../src/core/record/record.ts";
import { applyChange, type Rotation, type SessionChange } from "../../src/core/state/change.ts";
import { clientDeadline, expired, expiryTimes, touchDue } from "../../src/core/state/expiry.ts";
import { currentSecret, hashSecret, planSchedule, rotationDue } from "../../src/core/state/rotation.ts";

const now = 1_800_000_000_000;
const minute = 60_000;
const hour = 60 * minute;

const entriesOf = (values: Readonly<Record<string, string>>): Entries =>
  new Map(Object.entries(values).map(([key, text]) => [dataName(key), text]));

const state = (fields: Partial<SessionState> = {}): SessionState => ({
  id: "AAAAAAAAAAAAAAAAAAAAAA",
  version: 1,
  commitId: "c",
  userId: undefined,
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + 99 * hour,
  control: { hash: "first" },
  entries: entriesOf({ a: "1", b: "2" }),
  kept: new Map(),
  ...fields,
});

const change = (fields: Partial<SessionChange> = {}): SessionChange => ({ entries: new Map(), ...fields });
const writing = (values: Readonly<Record<string, string>>): SessionChange["entries"] =>
  new Map(Object.entries(values).map(([key, text]) => [dataName(key), () => text]));

const login = { userId: "ann", at: now, by: "this process", n: 1 };

describe("a change that makes no difference", () => {
  const flashes = new Map([[flashName("info"), "[1]"]]);
  const settled: Control = { hash: "first", idle: hour, remember: true, cookie: { sameSite: "lax" } };
  it.each<[string, SessionState, SessionChange]>([
    ["of nothing", state(), change()],
    ["of equal values", state(), change({ entries: writing({ a: "1", b: "2" }) })],
    ["of a deleted key that is missing", state(), change({ entries: new Map([[dataName("c"), () => undefined]]) })],
    [
      "of data that is cleared where there are flash messages only",
      state({ entries: flashes }),
      change({ clear: true }),
    ],
    ["of settings as they are", state({ control: settled }), change({ settings: { idle: hour, remember: true } })],
    [
      "of cookie attributes as they are",
      state({ control: settled }),
      change({ settings: { cookie: { sameSite: "lax" } } }),
    ],
    [
      "of values whose stored strings are kept",
      state({ kept: entriesOf({ a: "old" }) }),
      change({ entries: writing({ a: "1" }) }),
    ],
  ])("a change %s returns the very same state", (_, before, what) => {
    expect(applyChange(before, what)).toBe(before);
  });
});

describe("what this version does not read", () => {
  const before = state({ kept: entriesOf({ a: "old", z: "unknown" }) });

  it("B83: the stored string of a key is dropped by a write to that key, and by no other", () => {
    expect(applyChange(before, change({ entries: writing({ a: "9" }) })).kept).toEqual(entriesOf({ z: "unknown" }));
    expect(applyChange(before, change({ entries: writing({ b: "9" }) })).kept).toBe(before.kept);
  });

  it("B83: clear() and another user's login drop all of it", () => {
    expect(applyChange(before, change({ clear: true })).kept.size).toBe(0);
    expect(applyChange(before, change({ login: { ...login, replacesUser: true } })).kept.size).toBe(0);
    expect(applyChange(before, change({ login: { ...login, replacesUser: false } })).kept).toBe(before.kept);
  });

  it("clear() leaves flash messages", () => {
    const entries = new Map([...before.entries, [flashName("info"), "[1]"] as const]);
    expect([...applyChange(state({ entries }), change({ clear: true })).entries.keys()]).toEqual([flashName("info")]);
  });
});

describe("a new secret", () => {
  const regenerate = (hash: string): Rotation => ({ by: "regenerate", hash, at: now });
  const schedule = (from: string, hash: string): Rotation => ({
    by: "schedule",
    hash,
    from,
    at: now,
    nonce: `nonce of ${hash}`,
    graceUntil: now + minute,
  });
  const after = (control: Control, ...rotations: readonly Rotation[]): Control =>
    rotations.reduce((base, rotation) => applyChange(base, change({ rotation })), state({ control })).control;

  it("B71: a periodic rotation leaves the era that the first secret began; regenerate begins another", () => {
    const rotated = after({ hash: "first" }, schedule("first", "second"), schedule("second", "third"));
    expect(rotated).toMatchObject({ era: "first", hash: "third", nonce: "nonce of third", rotatedAt: now });
    expect(rotated.previous).toEqual({ hash: "second", until: now + minute });
    const regenerated = after(rotated, regenerate("fourth"));
    expect(regenerated).toMatchObject({ hash: "fourth", epoch: 1 });
    expect([regenerated.era, regenerated.previous, regenerated.nonce]).toEqual([undefined, undefined, undefined]);
  });

  it("a periodic rotation changes nothing if another request was faster", () => {
    const control = { hash: "second" };
    expect(after(control, schedule("first", "other"))).toBe(control);
  });

  it("B89: a record remembers the eight newest secrets that have ended", () => {
    const many = Array.from({ length: 12 }, (_, n) => regenerate(`h${n}`));
    const { retired, epoch } = after({ hash: "first" }, ...many);
    expect(retired?.map(({ hash }) => hash)).toEqual(["h3", "h4", "h5", "h6", "h7", "h8", "h9", "h10"]);
    expect(epoch).toBe(12);
  });

  it("a record remembers the secret before a periodic rotation's, and none where there was none", () => {
    const rotated = after({ hash: "first" }, schedule("first", "second"), schedule("second", "third"));
    expect(rotated.retired?.map(({ hash }) => hash)).toEqual(["first"]);
    expect(after(rotated, regenerate("fourth")).retired?.map(({ hash }) => hash)).toEqual(["first", "second", "third"]);
    expect(after({}, regenerate("only")).retired).toEqual([]);
  });
});

describe("settings of one session", () => {
  const settled: Control = { hash: "first", cookie: { sameSite: "lax" } };
  const set = (settings: SessionChange["settings"], control: Control = settled): Control =>
    applyChange(state({ control }), change({ settings })).control;

  it("B16: a cookie attribute leaves the others, and another setting leaves the cookie", () => {
    expect(set({ cookie: { httpOnly: false } }).cookie).toEqual({ sameSite: "lax", httpOnly: false });
    expect(set({ idle: hour }).cookie).toEqual({ sameSite: "lax" });
  });

  it("B98: a setting that goes back to the manager's is not stored", () => {
    expect(set({ idle: undefined }, { ...settled, idle: hour })).toEqual(settled);
    expect(set({ idle: hour }, { hash: "first" })).toEqual({ hash: "first", idle: hour });
  });

  it("a setting that differs is stored among others that do not", () => {
    expect(set({ remember: true, idle: 2 * hour }, { ...settled, remember: true, idle: hour }).idle).toBe(2 * hour);
  });

  it("B98: a login restarts the session's own absolute limit, counted from now", () => {
    const control: Control = { ...settled, absolute: hour, until: now + 1 };
    const { control: after } = applyChange(
      state({ control }),
      change({ login: { ...login, at: now + minute, replacesUser: false } }),
    );
    expect(after).toMatchObject({ until: now + minute + hour, start: now + minute, authenticatedAt: now + minute });
  });
});

describe("the end of a session", () => {
  const none = { idle: undefined, absolute: undefined };

  it("B12: a session ends by its own idle limit before remember's, and by remember's before the manager's", () => {
    const limits = { ...none, idle: 3 * hour };
    const idleOf = (control: Control) => expiryTimes(state({ control }), limits).idle;
    expect(idleOf({})).toBe(now + 3 * hour);
    expect(idleOf({ remember: true })).toBe(now + 3 * hour);
    expect(idleOf({ remember: 2 * hour })).toBe(now + 2 * hour);
    expect(idleOf({ remember: 2 * hour, idle: hour })).toBe(now + hour);
  });

  it("B13: a session ends by the earlier of both absolute limits, and not at all without any limit", () => {
    expect(expiryTimes(state(), none)).toEqual({ idle: undefined, absolute: undefined, first: expect.any(Number) });
    expect(new Date(expiryTimes(state(), none).first).getUTCFullYear()).toBe(9999);
    const both = state({ control: { until: now + 2 * hour } });
    expect(expiryTimes(both, { ...none, absolute: hour }).absolute).toBe(now + hour);
    expect(expiryTimes(both, { ...none, absolute: 3 * hour }).absolute).toBe(now + 2 * hour);
    expect(expiryTimes(state(), { idle: hour, absolute: minute })).toEqual({
      idle: now + minute,
      absolute: now + minute,
      first: now + minute,
    });
  });

  it.each([
    ["the idle limit", { idle: hour, absolute: 2 * hour }, hour, "idle"],
    ["the absolute limit", { idle: 3 * hour, absolute: 2 * hour }, 2 * hour, "absolute"],
    ["the idle limit, without an absolute one", { idle: hour, absolute: undefined }, hour, "idle"],
  ] as const)("B12 B13: the end of a session is exact, and its reason is %s", (_, limits, after, reason) => {
    expect(expired(state(), limits, now + after - 1)).toBeUndefined();
    expect(expired(state(), limits, now + after)).toBe(reason);
  });

  it("B12: a session ends at the recorded deadline where that is earlier", () => {
    expect(expired(state({ expiresAt: now + 5 }), { idle: hour, absolute: undefined }, now + 5)).toBe("idle");
  });

  it.each([
    [hour, minute],
    [5 * minute, minute / 2],
    [undefined, minute],
  ])("B14: with an idle limit of %s ms a visit is due for recording after %d ms", (idle, after) => {
    expect(touchDue(state(), { limits: { ...none, idle }, touchInterval: minute }, now + after - 1)).toBe(false);
    expect(touchDue(state(), { limits: { ...none, idle }, touchInterval: minute }, now + after)).toBe(true);
  });

  it.each<[Control["remember"], boolean, boolean]>([
    [undefined, true, true],
    [undefined, false, false],
    [false, true, false],
    [true, false, true],
    [hour, false, true],
  ])("B16: with remember(%s) over the option %s the client keeps its token: %s", (remember, option, isKept) => {
    const control = remember === undefined ? {} : { remember };
    expect(clientDeadline(state({ control }), option)).toBe(isKept ? state().expiresAt : undefined);
  });
});

describe("a periodic rotation", () => {
  const config = { rotateAfter: hour, rotationGrace: minute, application: undefined, pepper: [] } as never;

  it("B15: a rotation is due so long after the last change of the secret, or after creation", () => {
    const at = (control: Control, when: number) => rotationDue({ state: state({ control }) }, when, config);
    expect([at({}, now + hour - 1), at({}, now + hour)]).toEqual([false, true]);
    const rotatedAt = now + minute;
    expect([at({ rotatedAt }, rotatedAt + hour - 1), at({ rotatedAt }, rotatedAt + hour)]).toEqual([false, true]);
    expect(rotationDue({ state: state() }, now + hour, { rotateAfter: undefined } as never)).toBe(false);
  });

  it("B15: a rotation gives every holder of the secret before it the same one, and no other secret any", async () => {
    const secret = "A".repeat(43);
    const first = await run(planSchedule({ state: state(), secret }, now, config));
    expect(first?.rotation).toMatchObject({ by: "schedule", from: "first", at: now, graceUntil: now + minute });
    const { hash, nonce } = first!.rotation as Extract<Rotation, { by: "schedule" }>;
    const own = await run(planSchedule({ state: state(), secret: first!.secret }, now, config));
    const previous = { hash: await hashSecret(secret, state().id, config), until: now + minute };
    const rotated = state({ control: { hash, nonce, previous } });
    expect(await run(currentSecret(secret, rotated, config))).toBe(first!.secret);
    expect(await run(currentSecret(first!.secret, rotated, config))).toBe(first!.secret);
    expect(await run(currentSecret(own!.secret, rotated, config))).toBeUndefined();
    expect(await run(currentSecret(undefined, rotated, config))).toBeUndefined();
    const other = state({ control: { hash, nonce: "another", previous } });
    expect(await run(currentSecret(secret, other, config))).toBeUndefined();
    const seen = state({ control: { hash, previous } });
    expect(await run(currentSecret(secret, seen, config))).toBeUndefined();
  });

  test("there is no rotation without a secret or a hash", async () => {
    expect(await run(planSchedule({ state: state() }, now, config))).toBeUndefined();
    expect(await run(planSchedule({ state: state({ control: {} }), secret: "A" }, now, config))).toBeUndefined();
    expect(await run(currentSecret("A", state({ control: {} }), config))).toBeUndefined();
  });
});
