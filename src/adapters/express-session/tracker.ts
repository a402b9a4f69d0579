import type { Config } from "./config.ts";
import type { Cookie } from "./cookie.ts";
import type { RequestSession } from "./types.ts";

const trackerKey: unique symbol = Symbol("coatcheck.express-session");

/** Returns the data of a session as text, to tell whether they changed. The cookie does not count. */
export function printOf(session: RequestSession): string {
  const { cookie: _, ...data } = session;
  return JSON.stringify(data);
}

/** Knows what a request's session was when it began, and what of it is stored. */
export class Tracker {
  readonly config: Config;
  /** The id that the client presented. */
  readonly presentedId: string | undefined;
  /** The session that the store had for that id, as its cookie was: a client that loses it needs the same attributes. */
  cookie: Cookie | undefined;
  /** The id of the session that was destroyed last. */
  destroyedId: string | undefined;
  #id: string | undefined;
  #begun: string | undefined;
  #savedId: string | undefined;
  #saved: string | undefined;

  constructor(req: object, config: Config, presentedId: string | undefined) {
    this.config = config;
    this.presentedId = presentedId;
    Object.defineProperty(req, trackerKey, { value: this, configurable: true });
  }

  /** Begins with a session that the store had. */
  found(session: RequestSession): void {
    this.begin(session);
    this.cookie = session.cookie;
    if (!this.config.resave) this.saved(session);
  }

  /** Begins with a new session. One that replaces it in the course of the request counts as a change. */
  begin(session: RequestSession): void {
    this.#id = session.id;
    this.#begun = printOf(session);
  }

  saved(session: RequestSession): void {
    this.#savedId = session.id;
    this.#saved = printOf(session);
  }

  get wasSaved(): boolean {
    return this.#saved !== undefined;
  }

  isModified({ id }: RequestSession, print: string): boolean {
    return this.#id !== id || this.#begun !== print;
  }

  isSaved({ id }: RequestSession, print: string): boolean {
    return this.#savedId === id && this.#saved === print;
  }

  /** Whether the client's session was destroyed in this request. */
  get hasLost(): boolean {
    return this.cookie !== undefined && this.destroyedId === this.presentedId;
  }
}

/** Returns the tracker of a request that went through the middleware. */
export const trackerOf = (req: object): Tracker | undefined => (req as { readonly [trackerKey]?: Tracker })[trackerKey];
