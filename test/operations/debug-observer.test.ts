import { readFileSync } from "node:fs";
import { createSessions, type SessionEvent } from "coatcheck";
import { debugObserver } from "coatcheck/observe";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { refusalHelp } from "../../src/operations/shared/refusal-help.ts";
import { Browser } from "../support/browser/visitor.ts";
import { traffic, type Visits } from "../support/operations/traffic.ts";
import { patient } from "../support/stores/stores.ts";

const name = "session";
const printed: string[] = [];
const fresh = () => {
  printed.length = 0;
  return debugObserver({ print: (line) => printed.push(line) });
};

describe("debugObserver()", () => {
  test("B179: says what happens to a visitor's session, and once what to do where one is lost", async () => {
    const options = { ...patient, pruneInterval: false, maxSessionsPerUser: 1, observer: () => undefined } as const;
    const sessions = createSessions<Visits>({ store: memoryStore(), ...options });
    onTestFinished(() => sessions.close());
    sessions.observe(fresh());
    await traffic(sessions);
    const page = printed.join("\n");
    expect(page).toMatch(/^session: Session [\w-]+ was created\.$/m);
    expect(page).toMatch(/^session: User "ann" has signed in, in session [\w-]+\.$/m);
    expect(page).toMatch(/^session: Session [\w-]+ was ended, because its user has more than maxSessionsPerUser\.$/m);
    expect(page).toMatch(
      /^session: A token .*opened nothing \(wrong-secret\): there is such a session, .*\n {0}session: {3}application or pepper /m,
    );
    const stranger = new Browser(sessions);
    await stranger.visit((session) => session.set("n", 1));
    for (const cookie of stranger.cookies.keys()) stranger.cookies.set(cookie, "nonsense");
    for (let visit = 0; visit < 2; visit++) await stranger.visit((session) => session.get("n"));
    const lines = printed.filter((line) => line.includes("(malformed)") || line.includes(refusalHelp.malformed.cure));
    expect(lines).toEqual([
      `session: A token opened nothing (malformed): ${refusalHelp.malformed.cause}`,
      `session:   ${refusalHelp.malformed.cure}`,
      `session: A token opened nothing (malformed): ${refusalHelp.malformed.cause}`,
    ]);
  });

  test("B179: has words for every reason and every event of docs/events.md", () => {
    const page = readFileSync(new URL("../../docs/events.md", import.meta.url), "utf8");
    const [, reasons = ""] = page.split("`refused` has these reasons:");
    const [table = ""] = reasons.split("Codes of `warning`:");
    const rows = table.split("\n").filter((line) => line.startsWith("| `"));
    const documented = rows.flatMap((row) =>
      [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, one]) => one),
    );
    expect(documented.toSorted()).toEqual(Object.keys(refusalHelp).toSorted());
  });

  test("B179: tells the causes of a failure of the store, and repeats a warning's own words", () => {
    const observe = fresh();
    const cause = new Error("connect ECONNREFUSED 127.0.0.1:5432");
    observe({ name, type: "store-error", operation: "read", error: new Error("The store failed.", { cause }) });
    observe({ name, type: "warning", code: "NOT_ATOMIC", message: "Use another store." });
    expect(printed).toEqual([
      'session: The store failed at "read": The store failed. connect ECONNREFUSED 127.0.0.1:5432',
      "session:   Look whether the database runs and the URL is right. npx coatcheck doctor asks it.",
      "session: NOT_ATOMIC: Use another store.",
    ]);
  });

  test("B179: tells of a session of another library, and of a cookie of it that opens nothing", () => {
    const observe = fresh();
    const source = "express-session";
    observe({ name, type: "imported", id: "x", userId: "ann", source });
    observe({ name, type: "refused", reason: "wrong-secret", id: undefined, anomaly: false, source });
    expect(printed).toEqual([
      'session: Session x of user "ann" was taken over from express-session.',
      "session: A cookie of express-session opened nothing (wrong-secret).",
      expect.stringContaining("secret and store of the source"),
    ]);
  });

  test("B179: prints nothing that a terminal obeys", () => {
    const observe = fresh();
    const evil = "\u001b[2J\u009b\u202eann\n";
    const events: SessionEvent[] = [
      { name, type: "login", id: "x", userId: evil },
      { name, type: "opened", id: evil, userId: undefined },
      { name, type: "store-error", operation: "read", error: new Error(evil) },
      { name, type: "reuse", id: "x", userId: evil, endedAt: new Date(0), usedAt: new Date(1) },
      { name, type: "conflict", id: "x", attempt: 2 },
      { name, type: "committed", id: "x", attempts: 3 },
      { name, type: "evicted", id: "x", by: "store" },
    ];
    for (const event of events) observe(event);
    expect(printed.length).toBeGreaterThan(events.length);
    for (const line of printed) expect(line).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  test("B179: wrong options are refused", () => {
    expect(() => debugObserver({ log: 1 } as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
