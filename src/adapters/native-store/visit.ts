import { gone } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import { SidHead, tokenOf } from "./sid-head.ts";
import { cookieKey, differences, lifetimeIn, noTexts, type Texts } from "./texts.ts";

/** The engine keeps each value as the JSON that the bag is made of. */
export type TextData = Record<string, string>;
type Manager = SessionManager<TextData>;

/** One session in one request: what the request has seen of it, so that only what it changes is written. */
export class Visit {
  readonly sid: string;
  readonly #manager: Manager;
  /** `undefined`: its commit is over. */
  #opened: OpenSession<TextData> | undefined;
  #seen: Texts;
  #isStored: boolean;

  private constructor(manager: Manager, sid: string, opened: OpenSession<TextData> | undefined) {
    this.#manager = manager;
    this.sid = sid;
    this.#opened = opened;
    this.#isStored = opened !== undefined && !opened.session.isNew;
    this.#seen = opened && this.#isStored ? new Map(Object.entries(opened.session.toObject() as TextData)) : noTexts;
  }

  /** Begins with an id that was just made: there is nothing to read. */
  static fresh(manager: Manager, sid: string): Visit {
    return new Visit(manager, sid, undefined);
  }

  /** Reads what is stored. @throws SessionError if the store fails */
  static async open(manager: Manager, sid: string): Promise<Visit> {
    return new Visit(manager, sid, await manager.open(new SidHead(await tokenOf(sid), true)));
  }

  /** Returns the visit that a session came from, if it is of this id. */
  static of(sid: string, origin: unknown): Visit | undefined {
    if (typeof origin !== "object" || origin === null || !(#manager in origin)) return undefined;
    return origin.sid === sid ? origin : undefined;
  }

  get isStored(): boolean {
    return this.#isStored;
  }

  get seen(): Texts {
    return this.#seen;
  }

  /** When the session ends without further visits. */
  get expiresAt(): Date | undefined {
    return this.#opened?.session.expiresAt;
  }

  /**
   * Stores what was changed since this request has seen the session, on top of what others have stored since. Without a
   * change it is a visit.
   *
   * @param user the user that the session belongs to from now on; `undefined`: as before
   *
   * @throws SessionError SESSION_GONE if it has ended in the meantime
   */
  async save(texts: Texts, user: string | undefined): Promise<void> {
    const session = await this.#session();
    const isLogin = user !== undefined && user !== session.userId;
    const replacesUser = isLogin && session.userId !== undefined;
    if (isLogin) session.login(user);
    const changes = differences(replacesUser ? noTexts : this.#seen, texts);
    if (this.#isStored && !isLogin && changes.size === 0) return this.#touch();
    apply(session, changes, texts);
    await session.save();
    this.#isStored = true;
    this.#seen = texts;
  }

  async #touch(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.commit({ status: 200 });
  }

  async #session(): Promise<Session<TextData>> {
    if (!this.#opened) {
      this.#opened = await this.#manager.open(new SidHead(await tokenOf(this.sid), this.#isStored));
      if (this.#isStored && this.#opened.session.isNew) throw gone();
    }
    return this.#opened.session;
  }
}

function apply(session: Session<TextData>, changes: ReadonlyMap<string, string | undefined>, texts: Texts): void {
  for (const [key, text] of changes) {
    if (text === undefined) session.delete(key);
    else session.set(key, text);
  }
  if (!changes.has(cookieKey)) return;
  const lifetime = lifetimeIn(texts);
  session.expireAfter({
    idle: lifetime === undefined ? "default" : `${Math.min(Math.ceil(lifetime), Number.MAX_SAFE_INTEGER)}ms`,
  });
}
