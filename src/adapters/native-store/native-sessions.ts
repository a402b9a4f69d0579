import type { Callback } from "../../core/language/callback.ts";
import type { Sessions } from "../../types/sessions.ts";
import { originOf, setOrigin } from "../express-session/origin.ts";
import type { SessionRow } from "../express-session/session.ts";
import { Store } from "../express-session/store.ts";
import { tokenOf } from "./sid-head.ts";
import { cookieKey, cookieText, lifetimeIn, type Texts, textsOf } from "./texts.ts";
import { type TextData, Visit } from "./visit.ts";

type UserIdOf = (bag: Readonly<Record<string, unknown>>) => string | undefined;

/** The sessions of express-session on the engine of this package. */
export class NativeSessions extends Store {
  readonly sessions: Sessions<TextData>;
  readonly #userIdOf: UserIdOf;

  constructor(sessions: Sessions<TextData>, userIdOf: UserIdOf) {
    super();
    this.sessions = sessions;
    this.#userIdOf = userIdOf;
  }

  async idOf(sid: string): Promise<string> {
    return (await tokenOf(sid)).id;
  }

  begin(sid: string): unknown {
    return Visit.fresh(this.sessions, sid);
  }

  get(sid: string, callback: (error: unknown, row?: SessionRow) => void): void {
    answer(this.#read(sid), callback);
  }

  set(sid: string, session: object, callback?: Callback): void {
    answer(this.#save(sid, session), callback);
  }

  touch(sid: string, session: { readonly cookie?: unknown }, callback?: Callback): void {
    answer(this.#touch(sid, session), callback);
  }

  destroy(sid: string, callback?: Callback): void {
    answer(this.#destroy(sid), callback);
  }

  async #read(sid: string): Promise<SessionRow | undefined> {
    const visit = await Visit.open(this.sessions, sid);
    return visit.isStored ? rowOf(visit) : undefined;
  }

  async #save(sid: string, session: object): Promise<void> {
    const texts = textsOf(session);
    if (hasExpired(texts)) return this.#destroy(sid);
    const visit = visitOf(sid, session) ?? (await Visit.open(this.sessions, sid));
    await visit.save(texts, this.#userIdOf(session as Record<string, unknown>));
  }

  async #touch(sid: string, session: { readonly cookie?: unknown }): Promise<void> {
    const visit = visitOf(sid, session) ?? (await Visit.open(this.sessions, sid));
    if (!visit.isStored) return;
    const texts = new Map(visit.seen).set(cookieKey, cookieText(session.cookie));
    if (hasExpired(texts)) return this.#destroy(sid);
    await visit.save(texts, undefined);
  }

  async #destroy(sid: string): Promise<void> {
    await this.sessions.revoke(await this.idOf(sid), { anyUser: true });
  }
}

const visitOf = (sid: string, session: object): Visit | undefined => Visit.of(sid, originOf(session));

/** A cookie whose time is over ends its session, as in other stores. */
function hasExpired(texts: Texts): boolean {
  const lifetime = lifetimeIn(texts);
  return lifetime !== undefined && lifetime <= 0;
}

function rowOf(visit: Visit): SessionRow {
  const entries = [...visit.seen].map(([key, text]) => [key, JSON.parse(text)] as const);
  const { cookie, ...data } = Object.fromEntries(entries);
  const expires = typeof cookie?.originalMaxAge === "number" ? visit.expiresAt : null;
  const row: SessionRow = { ...data, cookie: { ...cookie, expires } };
  setOrigin(row, visit);
  return row;
}

/** In a turn of its own: what a callback throws must not become the rejection of a promise. */
function answer<T>(work: Promise<T | undefined>, callback: ((error: unknown, value?: T) => void) | undefined): void {
  work.then(
    (value) => callback && process.nextTick(callback, null, value),
    (error) => callback && process.nextTick(callback, error),
  );
}
