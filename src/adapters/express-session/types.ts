import type { Callback } from "../../core/language/callback.ts";
import type { NodeRequest } from "../node/types.ts";
import type { Cookie } from "./cookie.ts";

/** The session of a request, as the middleware uses it. `Session` has more. */
export interface RequestSession {
  readonly id: string;
  cookie: Cookie;
  touch(): unknown;
  save(callback: Callback): unknown;
}

/** A store for express-session, as this middleware uses it: any of the `connect-*` packages, or one of your own. */
export interface SessionStore {
  get(sid: string, callback: Callback): unknown;
  set(sid: string, session: RequestSession, callback: Callback): unknown;
  destroy(sid: string, callback: Callback): unknown;
  /** Moves a session's expiry. Absent: a session without changes keeps the expiry of its last save. */
  touch?(sid: string, session: RequestSession, callback: Callback): unknown;
  /** Replaces the session of a request by a new one. `Store` has it. */
  regenerate?(req: SessionRequest, callback: Callback): unknown;
  /** Gives a request a new session. The middleware sets it. */
  generate?(req: SessionRequest): void;
  /** What the store wants to remember of a session that begins; only stores of this package have it. */
  begin?(sid: string): unknown;
  /** Stores emit "disconnect" and "connect" when they lose and regain their server. */
  on?(event: "connect" | "disconnect", listener: () => void): unknown;
}

/** A request, with what this middleware and its neighbours put on it. */
export type SessionRequest = NodeRequest & {
  session?: RequestSession | null | undefined;
  sessionID?: string | undefined;
  sessionStore?: SessionStore;
  /** Express says so, by its setting "trust proxy". */
  readonly secure?: boolean | undefined;
  readonly originalUrl?: string;
  /** These three are from cookie-parser. */
  readonly secret?: string | undefined;
  readonly cookies?: Readonly<Record<string, unknown>>;
  readonly signedCookies?: Readonly<Record<string, unknown>>;
};
