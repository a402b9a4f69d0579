import { type AnyTRPCRouter, TRPCError } from "@trpc/server";
import { type FetchHandlerRequestOptions, fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { publicMessage, statusOf } from "../../core/http/error-response.ts";
import { isError } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { HandleOptions, SessionManager } from "../../types/sessions.ts";

/**
 * Returns a `createContext` for every tRPC adapter: it adds `ctx.session`, with the type of the manager's data. All
 * procedures of a batch share the session and one commit.
 *
 * @throws SessionError SESSION_NOT_MOUNTED if the request did not pass through `handleFetch` or session middleware
 */
export function sessionContext<Data extends object>(
  sessions: SessionManager<Data>,
): (options: { readonly req: object }) => { readonly session: Session<Data> } {
  return ({ req }) => ({ session: sessions.get(req) });
}

/** The used part of a manager, whatever its data. */
interface Manager {
  handle(request: Request, handler: () => Promise<Response>, options: HandleOptions): Promise<Response>;
}

/**
 * Calls tRPC's `fetchRequestHandler` with the sessions of one or several managers. The response is sent after the
 * commit. If the commit fails, each procedure of the request returns the error. With `lazy`, `session.load()` loads the
 * session.
 */
export function handleFetch<Router extends AnyTRPCRouter>(
  managers: Manager | readonly Manager[],
  options: FetchHandlerRequestOptions<Router>,
  { lazy }: Pick<HandleOptions, "lazy"> = {},
): Promise<Response> {
  const respond = (error: unknown): Promise<Response> => {
    const createContext = (): never => {
      throw toTRPCError(error);
    };
    return fetchRequestHandler(Object.assign({}, options, { createContext }));
  };
  const handle = [managers].flat().reduceRight<() => Promise<Response>>(
    (inner, sessions) => () => sessions.handle(options.req, inner, { onError: respond, lazy }),
    () => fetchRequestHandler(options),
  );
  return handle();
}

/**
 * Procedure middleware, as in `t.procedure.use(sessionErrors)`: gives session errors in procedures their own status,
 * such as 503 while the store is down, instead of 500.
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
 * Converts a session error to a `TRPCError` with a code of the same status, a generic message, because tRPC sends it to
 * the client, and the original error as the `cause`.
 */
export function toTRPCError(cause: unknown): TRPCError {
  const status = statusOf(cause);
  const code = codes[status as keyof typeof codes] ?? "INTERNAL_SERVER_ERROR";
  return isTRPCError(cause) ? cause : new TRPCError({ code, message: publicMessage(status), cause });
}

/** Checks the name, as tRPC does, because several copies of tRPC may be loaded. */
const isTRPCError = (error: unknown): error is TRPCError => isError(error) && error.name === "TRPCError";
