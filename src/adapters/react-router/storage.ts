import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { guardObject, type Hints } from "../../core/language/guard.ts";
import { isRequest } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit, RequestHead } from "../../types/transport.ts";
import { checkMount } from "../shared/mount-options.ts";

/** The data of a session of React Router, with its flash messages. */
export type FlashSessionData<Data, FlashData> = Partial<
  Data & { [Key in keyof FlashData as `__flash_${Key & string}__`]: FlashData[Key] }
>;

/** A session with the methods of React Router's sessions. `sessions.get(session)` returns the full session. */
export interface StorageSession<Data, FlashData = Data> {
  /** The public id; an empty string for a new session. */
  readonly id: string;
  readonly data: FlashSessionData<Data, FlashData>;
  has(name: (keyof Data | keyof FlashData) & string): boolean;
  get<Key extends (keyof Data | keyof FlashData) & string>(
    name: Key,
  ):
    | (Key extends keyof Data ? Data[Key] : undefined)
    | (Key extends keyof FlashData ? FlashData[Key] : undefined)
    | undefined;
  set<Key extends keyof Data & string>(name: Key, value: Data[Key]): void;
  /** Stores a value until `get` reads it once. */
  flash<Key extends keyof FlashData & string>(name: Key, value: FlashData[Key]): void;
  unset(name: keyof Data & string): void;
}

/** Options of `sessionStorageOf()`. */
export interface StorageOptions {
  /**
   * Whether clients use https, for `getSession` with only a Cookie header; a request says so itself. Set it to `false`
   * for development on localhost. @default true
   */
  readonly secure?: boolean | undefined;
}

/** React Router's interface `SessionStorage`. */
export interface SessionStorage<Data, FlashData = Data> {
  /** Opens the session of a request, or of its Cookie header. */
  getSession(from?: Request | string | null): Promise<StorageSession<Data, FlashData>>;
  /**
   * Stores the session and returns the `Set-Cookie` line. It is empty, which browsers ignore, if the cookie does not
   * change. `maxAge`, in seconds, calls `remember()`.
   */
  commitSession(session: StorageSession<Data, FlashData>, options?: { maxAge?: number | undefined }): Promise<string>;
  /**
   * Stores the session and returns its response headers, added to `init`: `Set-Cookie`, and those that keep the
   * response out of shared caches, as in `Response.json(data, { headers: await storage.commitHeaders(session) })`.
   */
  commitHeaders(session: StorageSession<Data, FlashData>, init?: HeadersInit): Promise<Headers>;
  /** Destroys the session and returns the `Set-Cookie` line that expires its cookie. */
  destroySession(session: StorageSession<Data, FlashData>): Promise<string>;
}

/**
 * Returns a session storage with the interface of React Router's `createCookieSessionStorage()`, for applications that
 * migrate. Each `getSession` opens the session separately, and each `commitSession` commits separately. Concurrent
 * changes are merged, but only the middleware `session()` shares one session among all loaders of a request.
 */
export function sessionStorageOf<Data extends object, FlashData = Data>(
  sessions: SessionManager<Data>,
  options: StorageOptions = {},
): SessionStorage<Data, FlashData> {
  checkMount(sessions, options, { secure: true }, "sessionStorageOf()");
  const { secure = true } = options;
  type Opened = { readonly commit: OpenSession<Data>["commit"]; edits?: Promise<HeaderEdit[]> };
  const known = new WeakMap<object, Opened>();

  const editsOf = (session: object): Promise<HeaderEdit[]> => {
    const opened = known.get(session);
    if (!opened)
      throw new TypeError(
        "This session was not opened by this storage, so it was not stored. Pass it to the storage whose getSession() returned it.",
      );
    opened.edits ??= (async () => opened.commit({ status: 200 }))();
    return opened.edits;
  };
  const commit = async (session: object): Promise<string> =>
    (await editsOf(session)).find(({ kind }) => kind === "cookie")?.value ?? "";

  return {
    getSession: async (from) => {
      const members: object = facade(() => sessions.get(members) as unknown as Session<Values>);
      const request = isRequest(from) ? from : headOf(from ?? undefined, secure);
      const opened = await sessions.open(request, { carriers: [members] });
      const session = guardObject(members as StorageSession<Data, FlashData>, storageHints);
      known.set(session, opened);
      return session;
    },
    commitSession: async (session, options = {}) => {
      const { maxAge, ...others } = options;
      const [other] = Object.keys(others);
      if (other !== undefined) throw notSupported(other);
      if (maxAge !== undefined) sessions.get(session).remember(`${maxAge}s`);
      return commit(session);
    },
    commitHeaders: async (session, init) => {
      const headers = new Headers(init);
      editHeaders(headersTarget(headers), await editsOf(session));
      return headers;
    },
    destroySession: async (session) => {
      await sessions.get(session).destroy();
      return commit(session);
    },
  };
}

type Values = { [key: string]: unknown };

function facade(session: () => Session<Values>): object {
  const flashed = (name: string): string => `__flash_${name}__`;
  return {
    get id() {
      return session().isNew ? "" : session().id;
    },
    get data() {
      return session().toObject();
    },
    has: (name: string) => session().has(name) || session().has(flashed(name)),
    get: (name: string) => {
      const current = session();
      if (current.has(name) || !current.has(flashed(name))) return current.get(name);
      const value = current.get(flashed(name));
      current.delete(flashed(name));
      return value;
    },
    set: (name: string, value: unknown) => void session().set(name, value),
    flash: (name: string, value: unknown) => void session().set(flashed(name), value),
    unset: (name: string) => void session().delete(name),
  };
}

const storageHints: Hints = {
  assigned: (name) =>
    `A session has no properties to assign: "${name}" was not stored. Use session.set("${name}", value), and destroySession(session) to sign out.`,
  deleted: (name) => `A session has no properties to delete: "${name}" stays as it is. Use session.unset("${name}").`,
  read: (name) =>
    `A session has no property "${name}", so this would be undefined whatever is stored. Use session.get("${name}") or session.has("${name}").`,
};

/** A request head with nothing but a Cookie header. */
const headOf = (cookies: string | undefined, secure: boolean): RequestHead => ({
  method: "GET",
  url: `http${secure ? "s" : ""}://localhost/`,
  encrypted: secure,
  header: (name) => (name === "cookie" ? cookies : undefined),
});

const notSupported = (option: string): SessionError =>
  new SessionError(
    "NOT_SUPPORTED",
    `commitSession() cannot change "${option}" of one cookie, and nothing was stored. Set it for all sessions in createSessions({ cookie }), or for this one with sessions.get(session).setCookieAttributes().`,
  );
