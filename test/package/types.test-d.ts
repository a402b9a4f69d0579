// Compiled, never run: what the types must accept and refuse.
import {
  createSessions,
  type Duration,
  type ReadonlySession,
  type SealedStore,
  type Session,
  type SessionManager,
  type SessionStore,
  type Sessions,
} from "coatcheck";
import * as v from "valibot";
import { z } from "zod";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(_value?: T): void => undefined;

interface Visit {
  views: number;
  cart: string[];
  note?: string | undefined;
  7: boolean;
}
declare const visit: Session<Visit>;
declare const store: SessionStore;
declare const sealed: SealedStore;
declare const request: Request;

export function generic(): void {
  const sessions = createSessions<Visit>({ store });
  yes<Equal<typeof sessions, Sessions<Visit>>>();
  yes<Equal<ReturnType<typeof visit.get<"views">>, number | undefined>>();
  yes<Equal<ReturnType<typeof visit.get<"note">>, string | undefined>>();
  visit.set("views", 1).set("cart", ["a"]).set("note", "n").set(7, true);
  // @ts-expect-error a number key holds what the type says
  visit.set(7, "yes");
  // @ts-expect-error not a key of Visit
  visit.get("nothing");
  // @ts-expect-error wrong type for the key
  visit.set("views", "1");
  void visit.update("views", (now) => (now ?? 0) + 1);
  // @ts-expect-error the function must be synchronous
  void visit.update("views", async (now) => (now ?? 0) + 1);
  // @ts-expect-error sessions are not bags of properties
  visit.views = 1;
}

export function untyped(): void {
  const sessions = createSessions();
  yes<Equal<typeof sessions, Sessions<{ [key: string]: unknown }>>>();
  const session = sessions.get(request);
  yes<Equal<ReturnType<typeof session.get<"anything">>, unknown>>();
  session.set("anything", new Map());
}

export function inferred(): void {
  const valibot = createSessions({ schema: v.object({ views: v.optional(v.number(), 0) }) });
  yes<Equal<typeof valibot, Sessions<{ views: number }>>>();
  const zod = createSessions({ store, schema: z.object({ name: z.string().optional() }) });
  yes<Equal<ReturnType<(typeof zod)["get"]>, Session<{ name?: string | undefined }>>>();
  const inCookie = createSessions({ store: sealed, schema: v.object({ theme: v.optional(v.string()) }) });
  // @ts-expect-error a sealed session is known to its owner only
  inCookie.list;
}

export function sealedStore(): void {
  const sessions = createSessions<Visit>({ store: sealed });
  yes<Equal<typeof sessions, SessionManager<Visit>>>();
  // @ts-expect-error nobody can revoke what nobody keeps
  sessions.revoke;
  const open: SessionManager<Visit> = createSessions<Visit>({ store });
  void open;
}

export function owners(sessions: Sessions<Visit>, cursor: string | undefined): void {
  void sessions.list({ userId: "ann", limit: 3, cursor });
  void sessions.list({ anyUser: true });
  void sessions.revoke("id", { userId: "ann" });
  void sessions.revoke("id", { anyUser: true });
  void sessions.revokeAll("ann", { except: visit.id });
  void sessions.of(visit).list({ cursor });
  // @ts-expect-error nobody is not everybody
  void sessions.list();
  // @ts-expect-error nobody is not everybody
  void sessions.list({});
  // @ts-expect-error the user id of a stranger is undefined
  void sessions.list({ userId: visit.userId });
  // @ts-expect-error the user id of a stranger is undefined
  void sessions.list({ userId: undefined });
  // @ts-expect-error the user id of a stranger is undefined
  void sessions.revokeAll(visit.userId);
  // @ts-expect-error to end anybody's session has to be said
  void sessions.revoke("id");
  // @ts-expect-error the user id of a stranger is undefined
  void sessions.revoke("id", { userId: visit.userId });
  // @ts-expect-error a typo
  void sessions.revoke("id", { userID: "ann" });
  // @ts-expect-error one or the other
  void sessions.list({ userId: "ann", anyUser: true });
  // @ts-expect-error the user is that of the session
  void sessions.of(visit).list({ userId: "bob" });
}

export function assignable(): void {
  const few = (session: Session<{ views: number }>): number => session.get("views") ?? 0;
  few(visit);
  const reader = (session: ReadonlySession<Visit>): number => session.get("views") ?? 0;
  reader(visit);
  // @ts-expect-error a reader cannot write
  ((session: ReadonlySession<Visit>) => session.set("views", 1))(visit);
  // @ts-expect-error a key that the session does not have
  ((session: Session<{ other: string }>) => session)(visit);
}

export function durations(): void {
  const good: Duration[] = ["30s", "15m", "8h", "30d", "2w", "250ms", "1.5h"];
  // @ts-expect-error no unit
  const bad: Duration = "30";
  void good;
  void bad;
  createSessions({ idleTimeout: undefined, absoluteTimeout: false });
}
