import { combineErrors, statusOf } from "../../core/http/error-response.ts";
import { FetchAnswer } from "../../core/http/fetch-response.ts";
import { settle } from "../../core/language/settle.ts";
import { isResponse } from "../../core/language/shape.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, PendingAnswer, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { type Ended, ending, resultOf, statusOfEnded } from "./ended.ts";
import { headerAfter, requestHeaders } from "./headers.ts";

/** The sessions of one request: of functions that call each other, of whatever manager, and of a page's components. */
interface Turn {
  readonly headers: Headers;
  /** By manager. */
  readonly sessions: Map<object, OpenSession<object> | Promise<OpenSession<object>>>;
  /** What the response that is being made tells the client already. */
  readonly told: HeaderEdit[];
  /** How many wrapped functions have not returned. */
  running: number;
  isCommitted: boolean;
}

/** By what `headers()` gives: one object for each request, and the only thing that all of its code can reach. */
const turns = new WeakMap<Headers, Turn>();

type Answer<T> = (ended: Ended<T>, edits: readonly HeaderEdit[]) => Promise<T>;

/** The session as it is in this request now, for those who only look. */
export async function look<Data extends object>(manager: SessionManager<Data>): Promise<Session<Data>> {
  const headers = await requestHeaders();
  await waitForRequest();
  return sessionOf(turns.get(headers) ?? begin(headers, []), manager);
}

/**
 * Runs a handler with its session. The outermost one of a request commits for all, and `answer` makes a response of how
 * it ended and of what there is to tell the client.
 */
export async function run<Data extends object, T>(
  manager: SessionManager<Data>,
  request: Request | undefined,
  handler: (session: Session<Data>) => T | Promise<T>,
  answer: Answer<T>,
): Promise<T> {
  const headers = await requestHeaders();
  const before = turns.get(headers);
  const turn = before && !before.isCommitted ? before : begin(headers, before?.told ?? []);
  turn.running += 1;
  const ended = await ending(async () => handler(await sessionOf(turn, manager, request)));
  turn.running -= 1;
  return turn.running === 0 ? conclude(turn, ended, answer) : resultOf(ended);
}

function begin(headers: Headers, told: HeaderEdit[]): Turn {
  const turn: Turn = { headers, sessions: new Map(), told, running: 0, isCommitted: false };
  turns.set(headers, turn);
  return turn;
}

async function sessionOf<Data extends object>(
  { headers, sessions, told }: Turn,
  manager: SessionManager<Data>,
  request?: Request,
): Promise<Session<Data>> {
  const { method = "GET", url = "/" } = request ?? {};
  const header = (name: string): string | undefined => headerAfter(name, headers.get(name) ?? undefined, told);
  // Next.js ends no TLS, and what it says of https it has from headers: whom to believe is the core's to know.
  const head = { method, url, encrypted: false, header };
  const opened = sessions.get(manager) ?? manager.open(head, { carriers: request ? [headers, request] : [headers] });
  sessions.set(manager, opened);
  return ((await opened) as OpenSession<Data>).session;
}

async function conclude<T>(turn: Turn, ended: Ended<T>, answer: Answer<T>): Promise<T> {
  turn.isCommitted = true;
  const response = "value" in ended && isResponse(ended.value) ? new FetchAnswer(ended.value) : undefined;
  const failures = await commit(turn, statusOfEnded(ended), response ?? madeByNext);
  if (failures.length === 0) return answer(response ? { value: response.response as T } : ended, turn.told);
  const error = failures.length === 1 ? failures[0] : combineErrors(failures);
  await commit(turn, statusOf(error));
  // Whatever feeds the body of the answer that is dropped may close.
  response?.response.body?.cancel().catch(() => undefined);
  return answer({ error }, turn.told);
}

/** Answers to Server Functions, redirects and errors: no shared cache keeps them. */
const madeByNext: PendingAnswer = { headers: { get: () => undefined, names: () => [] }, isWhole: () => true };

/** Commits all sessions, also when one fails; gives the errors. */
async function commit({ sessions, told }: Turn, status: number, answer?: PendingAnswer): Promise<unknown[]> {
  const commits = [...sessions.values()].map(async (opened) =>
    told.push(...(await (await opened).commit({ status, answer }))),
  );
  return (await settle(commits)).errors;
}

/** What is used of `next/cache`. Since Next.js 16.3. */
interface NextCache {
  io?(): Promise<void>;
}

/**
 * Suspends while Next.js prerenders a page, at build time or for a prefetch. A prerendered session would be minutes old when
 * the user sees it, and the store would be read for nothing.
 */
async function waitForRequest(): Promise<void> {
  // @ts-expect-error: Next.js is not installed here, it is the application's.
  const cache: NextCache = await import("next/cache.js");
  await cache.io?.();
}
