import type { Callback } from "../../core/language/callback.ts";
import { SessionError } from "../../types/errors.ts";
import type { Sessions } from "../../types/sessions.ts";
import { originOf, setOrigin } from "../express-session/origin.ts";
import type { SessionRow } from "../express-session/session.ts";
import { Store } from "../express-session/store.ts";
import { endFormer, type FormerStore, formerRow, storeFormer, touchFormer } from "./former.ts";
import { tokenOf } from "./sid-head.ts";
import { cookieKey, cookieText, lifetimeIn, type Texts, textsOf } from "./texts.ts";
import { type TextData, Visit } from "./visit.ts";

type UserIdOf = (bag: Readonly<Record<string, unknown>>) => string | undefined;

/** The sessions of express-session on the engine of this package. */
export class NativeSessions extends Store {
  readonly sessions: Sessions<TextData>;
  readonly #userIdOf: UserIdOf;
  readonly #from: FormerStore | undefined;
  /** `#from`, where it is kept up to date. */
  readonly #mirror: FormerStore | undefined;

  constructor(sessions: Sessions<TextData>, userIdOf: UserIdOf, from: FormerStore | undefined, isMirrored: boolean) {
    super();
    this.sessions = sessions;
    this.#userIdOf = userIdOf;
    this.#from = from;
    this.#mirror = isMirrored ? from : undefined;
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
    const opened = await Visit.open(this.sessions, sid);
    const former = this.#from && (this.#mirror || !opened.isStored) ? await formerRow(this.#from, sid) : undefined;
    if (opened.isStored && this.#mirror && !former) {
      // A process of the first step has ended it.
      await this.#destroy(sid);
      return undefined;
    }
    const visit = opened.isStored || !former ? opened : await this.#takeOver(opened, former);
    return visit.isStored ? rowOf(visit) : undefined;
  }

  /** Makes a record of a row of the first step. One of several requests does; the others go on with its record. */
  async #takeOver(visit: Visit, row: object): Promise<Visit> {
    try {
      await visit.save(textsOf(row), this.#userIdOf(row as Record<string, unknown>));
    } catch (error) {
      if (!(SessionError.is(error) && error.code === "SESSION_GONE")) throw error;
      return Visit.open(this.sessions, visit.sid);
    }
    if (this.#from && !this.#mirror) await endFormer(this.#from, visit.sid);
    return visit;
  }

  async #save(sid: string, session: object): Promise<void> {
    const texts = textsOf(session);
    if (hasExpired(texts)) return this.#destroy(sid);
    const visit = visitOf(sid, session) ?? (await Visit.open(this.sessions, sid));
    await visit.save(texts, this.#userIdOf(session as Record<string, unknown>));
    if (!this.#mirror) return;
    await storeFormer(this.#mirror, sid, session);
    // It may have ended in between, and must not come back by its row.
    if (!(await this.sessions.find(await this.idOf(sid)))) await endFormer(this.#mirror, sid);
  }

  async #touch(sid: string, session: { readonly cookie?: unknown }): Promise<void> {
    const visit = visitOf(sid, session) ?? (await Visit.open(this.sessions, sid));
    if (!visit.isStored) return;
    const texts = new Map(visit.seen).set(cookieKey, cookieText(session.cookie));
    if (hasExpired(texts)) return this.#destroy(sid);
    await visit.save(texts, undefined);
    if (this.#mirror) await touchFormer(this.#mirror, sid, session);
  }

  async #destroy(sid: string): Promise<void> {
    if (this.#from) await endFormer(this.#from, sid);
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
