import { createHmac } from "node:crypto";
import { createSessions, type Sessions, type SessionsOptions } from "coatcheck";
import { type ExpressSessionOptions, fromExpressSession } from "coatcheck/legacy/express-session";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { Browser, recorder } from "../browser/visitor.ts";
import { spyOn } from "../stores/spy.ts";
import { secret } from "./move.ts";

export type Data = Record<string, unknown>;
type Callback = (error?: unknown, row?: unknown) => void;

/** A store for express-session whose calls can be met on the way. */
export class OldRows {
  readonly rows: Map<string, string> = new Map();
  readonly calls: string[] = [];
  /** Runs when a row was read, before the answer leaves. */
  onRead: (() => unknown) | undefined;
  onDestroy: (() => unknown) | undefined;

  put(sid: string, data: Data, maxAge = 3_600_000): void {
    const cookie = { originalMaxAge: maxAge, expires: new Date(Date.now() + maxAge), httpOnly: true, path: "/" };
    this.rows.set(sid, JSON.stringify({ cookie, ...data }));
  }

  get(sid: string, callback: Callback): void {
    this.calls.push("get");
    const text = this.rows.get(sid);
    Promise.resolve(this.onRead?.()).then(() => callback(null, text && JSON.parse(text)), callback);
  }

  destroy(sid: string, callback: Callback): void {
    this.calls.push("destroy");
    Promise.resolve(this.onDestroy?.()).then(() => {
      this.rows.delete(sid);
      callback();
    }, callback);
  }
}

/** The cookie of an old session, as express-session signs it. */
export function signed(sid: string, key: string = secret): string {
  const mac = createHmac("sha256", key).update(sid).digest("base64").replace(/=+$/, "");
  return encodeURIComponent(`s:${sid}.${mac}`);
}

/** On a busy machine a request may wait long. */
export const patient = { storeTimeout: "5m", commitTimeout: "5m" } as const;

type Source = Partial<ExpressSessionOptions>;

/** Two managers, which stand for two processes, on one old and one new store. */
export function setUp(options: SessionsOptions<Data> = {}, source: Source = {}) {
  // Old rows end by the clock of the old application.
  const clock = testClock(new Date());
  const store = spyOn(options.store?.kind === "record" ? options.store : memoryStore());
  const old = new OldRows();
  const observer = recorder();
  const make = (): Sessions<Data> => {
    const legacy = [fromExpressSession({ secret, store: old, userId: ({ user }) => user, ...source })];
    return createSessions<Data>({ clock: clock.now, observer, legacy, ...patient, ...options, store });
  };
  const [sessions, other] = [make(), make()];
  let count = 0;
  /** A visitor with a live session of the old application. */
  const visitor = (user: string, row: { maxAge?: number; data?: Data } = {}): Browser<Data> & { sid: string } => {
    const sid = `old-session-of-${user}-${++count}`;
    old.put(sid, { user, ...row.data }, row.maxAge);
    const browser = new Browser(sessions);
    browser.cookies.set("connect.sid", signed(sid));
    return Object.assign(browser, { sid });
  };
  /** The same cookies at one of the managers. */
  const at = (manager: Sessions<Data>, browser: Browser<Data>, origin = browser.origin): Browser<Data> => {
    const twin = new Browser(manager, origin);
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
    return twin;
  };
  const refusals = (): unknown[] => observer.of("refused").map((event) => (event as { reason?: unknown }).reason);
  return { clock, store, old, observer, sessions, other, visitor, at, refusals };
}

/** Who a visitor is to the application. */
export const who = async (browser: Browser<Data>): Promise<string | undefined> =>
  (await browser.visit((session) => session.userId)).result;
