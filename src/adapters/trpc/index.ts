import { type AnyTRPCRouter, TRPCError } from "@trpc/server";
import { type FetchHandlerRequestOptions, fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { publicMessage, statusOf } from "../../core/http/error-response.ts";
import { isError } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { HandleOptions, SessionManager } from "../../types/sessions.ts";

/**
 * A `createContext` for every adapter of tRPC: `ctx.session`, with the type of the manager's data. All procedures of a
 * batch share the session, and one commit.
 *
 * @throws SessionError SESSION_NOT_MOUNTED, if neither `handleFetch` nor middleware was in the request's way
 */
export function sessionContext<Data extends object>(
  sessions: SessionManager<Data>,
): (options: { readonly req: object }) => { readonly session: Session<Data> } {
  return ({ req }) => ({ session: sessions.get(req) });
}

/** What handles a request: any manager, whatever its data. */
interface Manager {
  handle(request: Request, handler: () => Promise<Response>, options: HandleOptions): Promise<Response>;
}

/**
 * `fetchRequestHandler` of tRPC with sessions, of one manager or of several. The response leaves after the commit; if that
 * fails, each procedure of the request is answered with the error. With `lazy`, sessions are loaded by `session.load()`.
 */
export function handleFetch<Router extends AnyTRPCRouter>(
  managers: Manager | readonly Manager[],
  options: FetchHandlerRequestOptions<Router>,
  { lazy }: Pick<HandleOptions, "lazy"> = {},
): Promise<Response> {
  const answer = (error: unknown): Promise<Response> => {
    const createContext = (): never => {
      throw toTRPCError(error);
    };
    return fetchRequestHandler(Object.assign({}, options, { createContext }));
  };
  const handle = [managers].flat().reduceRight<() => Promise<Response>>(
    (inner, sessions) => () => sessions.handle(options.req, inner, { onError: answer, lazy }),
    () => fetchRequestHandler(options),
  );
  return handle();
}

/**
 * Middleware of procedures, as in `t.procedure.use(sessionErrors)`: what a session throws in a procedure has its own status,
 * such as 503 while the store is down, in place of 500.
 */
export async function sessionErrors<Result extends { readonly ok: boolean }>({
  next,
}: {
  next(): Promise<Result>;
}): Promise<Result> {
  const result = await next();
  const { cause } = (result as { error?: TRPCError }).error ?? {};
  if (SessionError.is(cause)) throw toTRPCError(cause);
  return result;
}

const codes = { 409: "CONFLICT", 429: "TOO_MANY_REQUESTS", 503: "SERVICE_UNAVAILABLE" } as const;

/**
 * What tRPC is to answer for an error of a session: a code that has its status, a message for visitors, because tRPC sends it
 * to the client, and the error itself as the `cause`.
 */
export function toTRPCError(cause: unknown): TRPCError {
  const status = statusOf(cause);
  const code = codes[status as keyof typeof codes] ?? "INTERNAL_SERVER_ERROR";
  return isTRPCError(cause) ? cause : new TRPCError({ code, message: publicMessage(status), cause });
}

/** As tRPC tells its own errors, where several copies of it are loaded. */
const isTRPCError = (error: unknown): error is TRPCError => isError(error) && error.name === "TRPCError";
