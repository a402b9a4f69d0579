import { callBack } from "../../core/language/callback.ts";
import { invalidOption } from "../../types/errors.ts";
import { useDictionaryMode } from "../node/dictionary-mode.ts";
import { commitBeforeResponse } from "../node/response/committed-response.ts";
import type { NodeMiddleware, NodeRequest, NodeResponse } from "../node/types.ts";
import type { Config, SessionOptions } from "./config.ts";
import { Cookie } from "./cookie.ts";
import { generate } from "./generate.ts";
import { MemoryStore } from "./memory-store.ts";
import { configOf } from "./options.ts";
import { readId } from "./read-id.ts";
import { isBelow } from "./request-facts.ts";
import { RequestLife } from "./request-life.ts";
import { inflate, Session, type SessionRow } from "./session.ts";
import type { Secret } from "./signature.ts";
import { Store } from "./store.ts";
import { Tracker } from "./tracker.ts";
import type { SessionRequest, SessionStore } from "./types.ts";

export type { Callback } from "../../core/language/callback.ts";
export type { NodeMiddleware, NodeRequest, NodeResponse } from "../node/types.ts";
export type { SessionOptions } from "./config.ts";
export type { CookieOptions } from "./cookie.ts";
export type { MemoryStoreConstructor } from "./memory-store.ts";
export type { SessionRow } from "./session.ts";
export type { Secret } from "./signature.ts";
export type { StoreConstructor } from "./store.ts";
export type { RequestSession, SessionRequest, SessionStore } from "./types.ts";

/** The middleware of express-session, with the classes that its export carries. */
export interface ExpressSession {
  (options?: SessionOptions): NodeMiddleware;
  readonly Store: typeof Store;
  readonly MemoryStore: typeof MemoryStore;
  readonly Session: typeof Session;
  readonly Cookie: typeof Cookie;
}

/**
 * Returns the middleware of express-session: the same options, cookie, rows and stores. Both can serve the same visitors.
 * Unlike it, no byte of the response leaves before the session is stored.
 *
 * @example
 * const session = require("coatcheck/express-session");
 * app.use(session({ secret, store, resave: false, saveUninitialized: false }));
 *
 * @throws SessionError INVALID_OPTION
 */
const session: ExpressSession = Object.assign(middleware, { Store, MemoryStore, Session, Cookie });

function middleware(options: SessionOptions = {}): NodeMiddleware {
  const config = configOf(options);
  const { store } = config;
  store.generate = (req) => generate(req, config);
  const isConnected = connectionOf(store);
  return (req: SessionRequest, res, next) => {
    const secrets = config.secrets ?? (req.secret ? [req.secret] : undefined);
    if (req.session || !isConnected() || !isConcerned(req, config)) next();
    else if (secrets) open(req, res, next, config, secrets);
    else next(noSecret());
  };
}

/** Loads or begins the session of a request. */
function open(
  req: SessionRequest & NodeRequest,
  res: NodeResponse,
  next: (error?: unknown) => void,
  config: Config,
  secrets: readonly Secret[],
): void {
  useDictionaryMode(req, res);
  const { store } = config;
  const id = readId(req, config.name, secrets);
  const tracker = new Tracker(req, config, id);
  req.sessionStore = store;
  req.sessionID = id;
  const begin = (row: unknown): void => {
    if (row) tracker.found(inflate(req, row as SessionRow));
    else {
      store.generate?.(req);
      tracker.begin(req.session!);
    }
    commitBeforeResponse(res, new RequestLife(req, res, tracker, secrets[0]!, next), next);
  };
  const proceed = (row?: unknown): void => {
    try {
      begin(row);
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
  // Each in a tick of its own: an exception of a handler must not become the rejection of a promise.
  const failed = (error: { code?: unknown }): void => {
    if (error.code === "ENOENT") process.nextTick(proceed);
    else process.nextTick(next, error);
  };
  if (id) callBack((done) => store.get(id, done)).then((row) => process.nextTick(proceed, row), failed);
  else proceed();
}

/** Whether a browser would send the cookie in this request. A function decides for each new session. */
const isConcerned = (req: SessionRequest, { cookie }: Config): boolean =>
  typeof cookie === "function" || isBelow(req, cookie?.path || "/");

function connectionOf(store: SessionStore): () => boolean {
  let isConnected = true;
  store.on?.("disconnect", () => {
    isConnected = false;
  });
  store.on?.("connect", () => {
    isConnected = true;
  });
  return () => isConnected;
}

const noSecret = (): Error =>
  invalidOption("A secret is required to sign the cookie of sessions: session({ secret: … }). No session was opened.");

export { Cookie, MemoryStore, Session, Store, session as default, session as "module.exports" };
