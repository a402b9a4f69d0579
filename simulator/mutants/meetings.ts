import type { Operation, Plan, RequestStep, Setting, Step } from "../plan/plan.ts";
import { core, type Mend } from "./mend.ts";

const setting: Setting = {
  ...{ processes: 2, clients: 1, sharing: 0, rotateAfter: undefined, maxSessionsPerUser: undefined },
  ...{ overflow: "evict-oldest", hasStoreTime: false, hasOldVersion: false },
};

const planOf = (steps: readonly Step[], own: Partial<Setting> = {}): Plan => ({
  seed: 1,
  setting: { ...setting, ...own },
  steps,
});

/** A request of the one client. Even ids with both cookies bring the old one first. */
const request = (
  id: number,
  at: number,
  process: number,
  cookie: RequestStep["cookie"],
  ...operations: readonly Operation[]
): Step => ({ kind: "request", id, at, client: 0, process, cookie, operations, status: 200, isAwaited: true });

const hour = 3_600_000;
const look: Operation = { do: "look" };
const wait: Operation = { do: "wait", milliseconds: 3_000 };
const set = (key: string): Operation => ({ do: "set", key });
const idle = (by: "remember" | "expireAfter" | "default", hours: number): Operation => ({ do: "limit", by, hours });
const lifetime = (hours: number): Operation => ({ do: "lifetime", hours });
const begin: Step = request(1, 1_000, 0, "none", set("a"));

/** Mends of faults that need a rare meeting, each with the plan that has it. */
export const meetings: readonly Mend[] = [
  {
    name: "a record of another history is not taken for its own (B71)",
    patches: [],
    storeFlaw: "compares versions only",
    plan: planOf([
      begin,
      request(2, 2_000, 0, "own", set("b")),
      request(3, 3_000, 0, "own", look, wait, set("b")),
      { kind: "rewind", id: 4, at: 4_000, changes: 1 },
      request(5, 5_000, 1, "own", set("c")),
    ]),
  },
  {
    name: "after a rewind a request sees what the store holds (B123)",
    patches: [core("request/commit-changes.ts", "known !== before?.state &&", "true &&")],
    plan: planOf([
      begin,
      request(2, 2_000, 0, "own", set("b")),
      request(3, 3_000, 0, "own", look, wait, { do: "take", key: "c" }, look),
      { kind: "rewind", id: 4, at: 4_000, changes: 1 },
    ]),
  },
  {
    name: "a clock that was set while the store first told its time changes nothing (B159)",
    patches: [
      core(
        "runtime/clock.ts",
        "const replied = performance.now();",
        "const replied = performance.now();\n      if (Math.abs(Date.now() - replied - before) > stepThresholdMs) return await measure();",
      ),
    ],
    plan: planOf(
      [
        { kind: "call", id: 1, at: 500, process: 0, operation: "time", fate: "lost-call", skip: 0 },
        begin,
        { kind: "pause", id: 3, at: 1_000, process: 0, milliseconds: 100 },
        { kind: "clock", id: 4, at: 1_010, process: 0, milliseconds: 26 * hour },
        { kind: "full", id: 5, at: 12 * hour, milliseconds: 1 },
      ],
      { hasStoreTime: true, processes: 1 },
    ),
  },
  {
    name: "a late response asks whether its token is still the newest (B73)",
    patches: [core("request/response-edits.ts", "if (isNow(request.knownAt)) return", "return")],
    plan: planOf([
      begin,
      request(2, 70_000, 0, "own", { do: "count" }, wait),
      request(3, 71_000, 1, "own", { do: "regenerate" }),
    ]),
  },
  {
    name: "… also after a write of what was there (B73)",
    patches: [core("request/commit-changes.ts", "if (!isOvertaken && after.state !== known)", "if (!isOvertaken)")],
    plan: planOf([
      begin,
      request(2, 70_000, 0, "own", { do: "count" }, wait, { do: "rewrite", key: "a" }),
      request(3, 71_000, 1, "own", { do: "regenerate" }),
    ]),
  },
  {
    name: "a token that is in use is not handed out again (B101)",
    patches: [core("state/change.ts", 'isSeen ? without(without(control, "nonce"), "probation") : control', "control")],
    plan: planOf(
      [
        begin,
        request(2, 700_000, 0, "own", look),
        request(3, 701_000, 0, "own", look),
        request(4, 702_000, 1, "old", look),
      ],
      { rotateAfter: 600_000 },
    ),
  },
  {
    name: "revokeAll ends sessions whose login is under way (B103)",
    patches: [
      core(
        "backend/store-backend.ts",
        "if (!(yield* revocations.include(login, id, end))) return saved;",
        "return saved;",
      ),
    ],
    plan: planOf([
      begin,
      request(2, 2_000, 0, "own", { do: "login" }, wait),
      { kind: "admin", id: 3, at: 4_000, process: 1, client: 0, action: "revokeAll" },
    ]),
  },
  {
    name: "a login waits for those before it no longer than a commit may take (B161)",
    patches: [
      core("backend/logins-under-way.ts", "next, end);", "next);"),
      core("backend/notes.ts", "performance.now() < end;", "attempt === 0 || performance.now() < end;"),
    ],
    plan: planOf(
      [
        { kind: "lag", id: 1, at: 900, process: 0, lag: 268, milliseconds: 30_000 },
        ...[10, 11, 12, 13, 14, 15, 16, 17, 18].map((id) => request(id, 1_000 + id, 0, "none", { do: "login" })),
      ],
      { processes: 1, clients: 1, sharing: 1, maxSessionsPerUser: 2, overflow: "reject" },
    ),
  },
  {
    name: "among several cookies the one that verifies is used (B27)",
    patches: [
      core(
        "backend/authenticate.ts",
        "return tryTokens(request, index + 1, other ?? opened);",
        "return other ?? opened;",
      ),
    ],
    plan: planOf([begin, request(2, 2_000, 0, "own", { do: "regenerate" }), request(4, 3_000, 1, "both", look)]),
  },
  {
    name: "an old cookie beside one that opens the session ends nothing (B102)",
    patches: [
      core(
        "backend/authenticate.ts",
        'if (opened?.secretStatus === "current" ||',
        'if (opened?.secretStatus === "reused") return endReused(context, store, opened);\n    if (opened?.secretStatus === "current" ||',
      ),
    ],
    plan: planOf([begin, request(2, 2_000, 0, "own", { do: "regenerate" }), request(4, 200_000, 1, "both", look)]),
  },
  {
    name: "remember() with a length replaces an idle limit of the session (B98)",
    patches: [core("request/session-changes.ts", ', "remember()"), idle: undefined }', ', "remember()") }')],
    plan: planOf([
      begin,
      request(2, 2_000, 0, "own", idle("expireAfter", 3)),
      request(3, 3_000, 1, "own", idle("remember", 5)),
    ]),
  },
  {
    name: "… and expireAfter() replaces that of remember() (B98)",
    patches: [core("state/change.ts", "...(isIdleNewer && { remember: true }), ", "")],
    plan: planOf([
      begin,
      request(2, 2_000, 0, "own", idle("remember", 3)),
      request(3, 3_000, 1, "own", idle("default", 0)),
    ]),
  },
  {
    name: "a session ends at an absolute limit of its own (B13)",
    patches: [core("state/expiry.ts", "const absoluteAt = Math.min(until, ", "const absoluteAt = Math.min(never, ")],
    plan: planOf([begin, request(2, 2_000, 0, "own", lifetime(2)), request(3, 2.5 * hour, 1, "own", look)]),
  },
  {
    name: "… and a login keeps it (B98)",
    patches: [
      core("state/change.ts", "control.absolute === undefined ? {} :", "control.absolute !== undefined ? {} :"),
    ],
    plan: planOf([
      begin,
      request(2, 2_000, 0, "own", lifetime(2), { do: "login" }),
      request(3, hour, 0, "own", { do: "login" }),
      request(4, 3.5 * hour, 1, "own", look),
    ]),
  },
];
