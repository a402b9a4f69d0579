import type { Session } from "../../types/session.ts";

/** A callback as Passport gives it: called once, with an error if it failed. */
export type Done = (error?: unknown) => void;
type Data = Record<string, unknown>;

/**
 * The session interface of passport, its strategies and connect-flash: data as properties, and methods with callbacks.
 */
export interface PassportSession {
  [key: string]: unknown;
  /**
   * Empties the session and gives it a new token. The session of a signed-in user is destroyed and a new one started.
   */
  regenerate(done?: Done): Promise<void> | undefined;
  save(done?: Done): Promise<void> | undefined;
  destroy(done?: Done): Promise<void> | undefined;
}

interface Options {
  /** Returns the user id for the result of `serializeUser`. */
  readonly userIdOf: (serialized: unknown) => string | undefined;
  /** Replaces `req.session`. passport keeps the old view and copies the values that stay. */
  readonly replace: (session: PassportSession) => void;
}

/** The common interface of a session and a `Map`. */
interface Source {
  has(key: string): boolean;
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
  delete(key: string): unknown;
  keys(): Iterable<string>;
}

export function passportSession(session: Session<Data>, options: Options, first: Source = session): PassportSession {
  let source = first;
  const regenerate = async (): Promise<void> => {
    const before = new Map(Object.entries(session.toObject()));
    await renew(session);
    source = before;
    options.replace(passportSession(session, options));
  };
  const methods: Pick<PassportSession, "regenerate" | "save" | "destroy"> = {
    regenerate: (done) => callDone(regenerate(), done),
    save: (done) => callDone(saveWithUser(session, options), done),
    destroy: (done) => callDone(session.destroy(), done),
  };
  const isData = (key: string | symbol): key is string => typeof key === "string" && !Object.hasOwn(methods, key);
  return new Proxy({} as PassportSession, {
    has: (_, key) => key in methods || (isData(key) && source.has(key)),
    get: (_, key) => (isData(key) && source.has(key) ? source.get(key) : Reflect.get(methods, key)),
    set: (_, key, value) => {
      if (!isData(key)) throw notData(key);
      source.set(key, value);
      return true;
    },
    deleteProperty: (_, key) => {
      if (!isData(key)) throw notData(key);
      source.delete(key);
      return true;
    },
    defineProperty: (_, key) => {
      throw notData(key);
    },
    ownKeys: () => [...source.keys()],
    getOwnPropertyDescriptor: (_, key) =>
      isData(key) && source.has(key)
        ? { value: source.get(key), enumerable: true, configurable: true, writable: true }
        : undefined,
  });
}

const notData = (key: string | symbol): TypeError =>
  new TypeError(
    `"${String(key)}" is not session data: it was neither stored nor deleted. Use another name, which must be a string.`,
  );

/** The data of a request that the option `skip` left out: empty, so that passport finds no user. Writing throws. */
export const nothingIn = (session: Session<Data>): Source => ({
  has: () => false,
  get: () => undefined,
  set: (key, value) => session.set(key, value),
  delete: () => false,
  keys: () => [],
});

/** Destroys a signed-in user's session, so that nothing of it stays in the store. Otherwise one commit is enough. */
async function renew(session: Session<Data>): Promise<void> {
  if (session.userId !== undefined) return session.destroy();
  session.clear();
  session.regenerate();
}

async function saveWithUser(session: Session<Data>, { userIdOf }: Options): Promise<void> {
  const { user } = (session.get("passport") ?? {}) as { user?: unknown };
  const userId = user === undefined ? undefined : userIdOf(user);
  if (userId !== undefined && userId !== session.userId) session.login(userId);
  await session.save();
}

function callDone(work: Promise<void>, done: Done | undefined): Promise<void> | undefined {
  if (!done) return work;
  work.then(() => done(), done);
  return undefined;
}
