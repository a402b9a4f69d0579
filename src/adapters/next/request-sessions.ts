import { combineErrors, statusOf } from "../../core/http/error-response.ts";
import { FetchResponse } from "../../core/http/fetch-response.ts";
import { settle } from "../../core/language/settle.ts";
import { isResponse } from "../../core/language/shape.ts";
import type { PendingResponse } from "../../types/outcome.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { captureResult, type HandlerResult, statusOfResult, unwrap } from "./handler-result.ts";
import { headerAfter, requestHeaders } from "./headers.ts";

/** All sessions used in one Next.js request, by manager: shared by nested handlers and by the page's components. */
interface RequestScope {
  readonly headers: Headers;
  /** By manager. */
  readonly sessions: Map<object, OpenSession<object> | Promise<OpenSession<object>>>;
  /** The edits of commits so far, which the response will send to the client. */
  readonly sentEdits: HeaderEdit[];
  /** The number of wrapped functions that have not returned. */
  running: number;
  isCommitted: boolean;
}

/** By the result of `headers()`: one object per request, and the only one that all code of the request can reach. */
const scopes = new WeakMap<Headers, RequestScope>();

type Respond<T> = (result: HandlerResult<T>, edits: readonly HeaderEdit[]) => Promise<T>;

/** Returns the session in its current state, for reading. */
export async function peek<Data extends object>(manager: SessionManager<Data>): Promise<Session<Data>> {
  const headers = await requestHeaders();
  await waitForRequest();
  return sessionOf(scopes.get(headers) ?? begin(headers, []), manager);
}

/**
 * Runs a handler with its session. The outermost handler of a request commits for all, and `respond` creates the
 * response from its result and the edits.
 */
export async function run<Data extends object, T>(
  manager: SessionManager<Data>,
  request: Request | undefined,
  handler: (session: Session<Data>) => T | Promise<T>,
  respond: Respond<T>,
): Promise<T> {
  const headers = await requestHeaders();
  const before = scopes.get(headers);
  const scope = before && !before.isCommitted ? before : begin(headers, before?.sentEdits ?? []);
  scope.running += 1;
  const result = await captureResult(async () => handler(await sessionOf(scope, manager, request)));
  scope.running -= 1;
  return scope.running === 0 ? finish(scope, result, respond) : unwrap(result);
}

function begin(headers: Headers, sentEdits: HeaderEdit[]): RequestScope {
  const scope: RequestScope = { headers, sessions: new Map(), sentEdits, running: 0, isCommitted: false };
  scopes.set(headers, scope);
  return scope;
}

async function sessionOf<Data extends object>(
  { headers, sessions, sentEdits }: RequestScope,
  manager: SessionManager<Data>,
  request?: Request,
): Promise<Session<Data>> {
  const { method = "GET", url = "/" } = request ?? {};
  const header = (name: string): string | undefined => headerAfter(name, headers.get(name) ?? undefined, sentEdits);
  // Next.js does not terminate TLS and knows https only from headers. The core decides which headers to trust.
  const head = { method, url, encrypted: false, header };
  const opened = sessions.get(manager) ?? manager.open(head, { carriers: request ? [headers, request] : [headers] });
  sessions.set(manager, opened);
  return ((await opened) as OpenSession<Data>).session;
}

async function finish<T>(scope: RequestScope, result: HandlerResult<T>, respond: Respond<T>): Promise<T> {
  scope.isCommitted = true;
  const response = "value" in result && isResponse(result.value) ? new FetchResponse(result.value) : undefined;
  const failures = await commit(scope, statusOfResult(result), response ?? madeByNext);
  if (failures.length === 0) return respond(response ? { value: response.response as T } : result, scope.sentEdits);
  const error = failures.length === 1 ? failures[0] : combineErrors(failures);
  await commit(scope, statusOf(error));
  // Release the source of the discarded body.
  response?.response.body?.cancel().catch(() => undefined);
  return respond({ error }, scope.sentEdits);
}

/** Responses to Server Functions, redirects and errors: shared caches do not store them. */
const madeByNext: PendingResponse = { headers: { get: () => undefined, names: () => [] }, isWhole: () => true };

/** Commits all sessions, even if one fails. Returns the errors. */
async function commit(
  { sessions, sentEdits }: RequestScope,
  status: number,
  pending?: PendingResponse,
): Promise<unknown[]> {
  const commits = [...sessions.values()].map(async (opened) =>
    sentEdits.push(...(await (await opened).commit({ status, response: pending }))),
  );
  return (await settle(commits)).errors;
}

/** The used part of `next/cache`, since Next.js 16.3. */
interface NextCache {
  io?(): Promise<void>;
}

/**
 * Suspends while Next.js prerenders a page, at build time or for a prefetch. A prerendered session would be minutes old
 * when the user sees it, and the store would be read for nothing.
 */
async function waitForRequest(): Promise<void> {
  // @ts-expect-error: Next.js is not installed here, it is the application's.
  const cache: NextCache = await import("next/cache.js");
  await cache.io?.();
}
