import { createSessions, type SessionStore, type Sessions, type SessionsOptions } from "coatcheck";
import { fromExpressSession } from "coatcheck/legacy/express-session";
import { memoryStore } from "coatcheck/stores/memory";
import { Browser } from "../browser/visitor.ts";
import { secret } from "./move.ts";
import { type Data, OldRows, patient, signed } from "./rows.ts";

export interface Process {
  readonly sessions: Sessions<Data>;
  /** Runs before each call of a store. */
  onCall: (() => Promise<unknown>) | undefined;
}

/** Two processes on one old and one new store. */
export function twoProcesses(options: SessionsOptions<Data> = {}) {
  const store = memoryStore();
  const old = new OldRows();
  const processes = [0, 1].map((): Process => {
    const stop = (): unknown => process.onCall?.();
    const source = {
      get: async (...args: Parameters<OldRows["get"]>) => {
        await stop();
        old.get(...args);
      },
      destroy: async (...args: Parameters<OldRows["destroy"]>) => {
        await stop();
        old.destroy(...args);
      },
    };
    const legacy = [fromExpressSession({ secret, store: source, userId: ({ user }) => user })];
    const sessions = createSessions<Data>({ legacy, ...patient, ...options, store: stoppable(store, stop) });
    const process: Process = { sessions, onCall: undefined };
    return process;
  });
  /** A visitor of a process with the cookie of an old session, or all of another visitor's. */
  const visitor = (at: Process, sid: string, same?: Browser<Data>): Browser<Data> => {
    const browser = new Browser<Data>(at.sessions);
    for (const [name, value] of same?.cookies ?? [["connect.sid", signed(sid)]]) browser.cookies.set(name, value);
    return browser;
  };
  return { old, visitor, processes: processes as [Process, Process] };
}

function stoppable(store: SessionStore, stop: () => unknown): SessionStore {
  const methods = ["read", "create", "replace", "touch", "delete", "list", "clear"] as const;
  const stopped = methods.map((name) => [
    name,
    async (...args: never[]) => {
      await stop();
      return (store[name] as (...args: never[]) => unknown)(...args);
    },
  ]);
  return { ...store, ...Object.fromEntries(stopped) };
}

/**
 * Runs `first` as often as it makes calls, and each time `second` before another one of them. `set` makes both anew, and
 * what looks at the end.
 */
export async function atEachCall(
  set: () => {
    readonly process: Process;
    readonly first: () => Promise<unknown>;
    readonly second: () => Promise<unknown>;
    readonly check: (at: number) => Promise<unknown>;
  },
): Promise<number> {
  for (let at = 1; ; at++) {
    const { process, first, second, check } = set();
    let calls = 0;
    process.onCall = async () => {
      if (++calls === at) await second();
    };
    await first();
    process.onCall = undefined;
    if (calls < at) return at - 1;
    await check(at);
  }
}
