import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { guardObject, type Hints } from "../../core/language/guard.ts";
import { isRequest } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit, RequestHead } from "../../types/transport.ts";

export type FlashSessionData<Data, FlashData> = Partial<
  Data & { [Key in keyof FlashData as `__flash_${Key & string}__`]: FlashData[Key] }
>;

/** A session with the methods of React Router's own; `sessions.get(session)` gives all that coatcheck's can do. */
export interface StorageSession<Data, FlashData = Data> {
  /** The public id; empty for a new session. */
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
  /** Kept until it is read by `get`. */
  flash<Key extends keyof FlashData & string>(name: Key, value: FlashData[Key]): void;
  unset(name: keyof Data & string): void;
}

export interface StorageOptions {
  /**
   * Whether visitors come over https, for `getSession` with a Cookie header alone; a request says so itself. `false` is for
   * development on localhost. @default true
   */
  readonly secure?: boolean | undefined;
}

/** The interface `SessionStorage` of React Router. */
export interface SessionStorage<Data, FlashData = Data> {
  /** The session of a request, or of its Cookie header. */
  getSession(from?: Request | string | null): Promise<StorageSession<Data, FlashData>>;
  /**
   * Stores the session and gives the `Set-Cookie` line; an empty one, which browsers ignore, where the client has nothing to
   * learn. `maxAge`, in seconds, is `remember()`.
   */
  commitSession(session: StorageSession<Data, FlashData>, options?: { maxAge?: number | undefined }): Promise<string>;
  /**
   * Stores the session and gives all that the response has to say: `Set-Cookie`, and what keeps it out of shared caches.
   * These are `init` with that added, as in `Response.json(data, { headers: await storage.commitHeaders(session) })`.
   */
  commitHeaders(session: StorageSession<Data, FlashData>, init?: HeadersInit): Promise<Headers>;
  /** Ends the session and gives the `Set-Cookie` line that ends its cookie. */
  destroySession(session: StorageSession<Data, FlashData>): Promise<string>;
}

/**
 * Sessions as React Router's `createCookieSessionStorage()` gives them, for applications that move over. Each `getSession`
 * is a session of its own and each `commitSession` a commit of its own; they lose nothing of each other's changes, but only
 * the middleware `session()` gives all loaders of a request one session.
 */
export function sessionStorageOf<Data extends object, FlashData = Data>(
  sessions: SessionManager<Data>,
  { secure = true }: StorageOptions = {},
): SessionStorage<Data, FlashData> {
  type Opened = { readonly commit: OpenSession<Data>["commit"]; edits?: Promise<HeaderEdit[]> };
  const known = new WeakMap<object, Opened>();

  const editsOf = (session: object): Promise<HeaderEdit[]> => {
    const opened = known.get(session);
    if (!opened) throw new TypeError("This session is not of the storage that is to store it.");
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

/** All that is known of a request by its Cookie header. */
const headOf = (cookies: string | undefined, secure: boolean): RequestHead => ({
  method: "GET",
  url: `http${secure ? "s" : ""}://localhost/`,
  encrypted: secure,
  header: (name) => (name === "cookie" ? cookies : undefined),
});

const notSupported = (option: string): SessionError =>
  new SessionError(
    "NOT_SUPPORTED",
    `commitSession() cannot change "${option}" of one cookie. Set it for all sessions in createSessions({ cookie }), or for this one by sessions.get(session).setCookieAttributes().`,
  );
