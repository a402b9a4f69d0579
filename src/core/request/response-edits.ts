import type { HeaderEdit, TokenDelivery } from "../../types/transport.ts";
import type { SavedSession } from "../backend/backend.ts";
import { isDevelopment } from "../language/development.ts";
import { type Flow, wait } from "../language/flow.ts";
import type { SessionState } from "../record/record.ts";
import { isNow } from "../runtime/ended-tokens.ts";
import { clientDeadline, clientDeadlineMoved } from "../state/expiry.ts";
import type { RequestSession } from "./request-session.ts";

/** Returns the response headers for this session: `Set-Cookie` (a new or an expired token), `Cache-Control` and `Vary`. */
export function* responseEdits(request: RequestSession): Flow<HeaderEdit[]> {
  const { channel } = request;
  if (!channel) {
    yield* warnUndelivered(request);
    return [];
  }
  const tokens = yield* tokenEdits(request);
  const edits = request.old ? yield* wait(request.old.edits(tokens)) : tokens;
  if (edits.length > 0 || request.isAccessed) edits.push(...cacheEdits(request, edits));
  return edits;
}

/** Returns the edits that send a token by this request's transport. `undefined`: it cannot send one. */
export function writeToken(request: RequestSession, token: string, state: SessionState): HeaderEdit[] | undefined {
  const { context, channel, written } = request;
  if (written?.state === state) return written.edits;
  const delivery: TokenDelivery = {
    expiresAt: clientDeadline(state, context.config.remember),
    now: context.clock.now(),
    overrides: state.control.cookie,
  };
  const edits = channel?.transport.write?.(token, delivery, channel.context);
  // Kept, because a sealed token is written twice: to check its size, and for the response.
  if (edits) request.written = { state, edits };
  if (edits && !isDevelopment) warnInsecure(request, edits);
  return edits;
}

function* tokenEdits(request: RequestSession): Flow<HeaderEdit[]> {
  const { channel, saved, authenticated, backend } = request;
  if (!saved) return request.isEnded && !request.isAnonymous ? clear(request) : [];
  if (saved.state.id === request.goneId) return [];
  const token = yield* backend.token(saved);
  if (token === undefined) return [];
  if (token === authenticated?.presented && !leaseMoved(request, authenticated.state, saved.state)) return [];
  if (!channel?.transport.write) {
    if (token !== authenticated?.presented) yield* warnUndelivered(request);
    return [];
  }
  if (isNow(request.knownAt)) return writeToken(request, token, saved.state) ?? [];
  return yield* confirmedToken(request, saved, token);
}

/**
 * A token that was stored a while ago is checked before it is sent: a login elsewhere may have ended it, and the client
 * must keep the token of that login. If the store fails, only a token that the client does not have yet is worth the risk.
 */
function* confirmedToken(request: RequestSession, saved: SavedSession, token: string): Flow<HeaderEdit[]> {
  const { backend, authenticated } = request;
  let newest = token === authenticated?.presented ? undefined : saved;
  try {
    newest = yield* backend.confirm(saved);
  } catch {
    // The observer has been told.
  }
  const current = newest && (yield* backend.token(newest));
  return (newest && current !== undefined && writeToken(request, current, newest.state)) || [];
}

function warnInsecure({ context }: RequestSession, edits: readonly HeaderEdit[]): void {
  if (!edits.some(({ kind, value }) => kind === "cookie" && !/; *secure *(?:;|$)/i.test(value))) return;
  context.warnOnce(
    "INSECURE_COOKIE",
    `A cookie without Secure was sent, and this is no development (NODE_ENV): over plain http anybody on the way could read it. Serve visitors by https, with trustProxy where a proxy ends it, and leave out cookie: { secure: false }. This is said once.`,
  );
}

function clear({ channel, authenticated }: RequestSession): HeaderEdit[] {
  return channel?.transport.clear?.(authenticated?.state.control.cookie, channel.context) ?? [];
}

/** Whether the cookie's lifetime or attributes changed, so that it must be sent again. */
function leaseMoved({ context }: RequestSession, before: SessionState, after: SessionState): boolean {
  const { config } = context;
  return clientDeadlineMoved(before, after, config.remember, config) || before.control.cookie !== after.control.cookie;
}

/** Caches that are shared by visitors must not keep a page that knows one of them (RFC 9111 section 5.2.2, RFC 6265bis section 7). */
export function cacheEdits({ channel, context }: RequestSession, tokens: readonly HeaderEdit[]): HeaderEdit[] {
  const further = tokens.length > 0 ? 'no-cache="set-cookie"' : "";
  const value = context.config.cache === "no-store" ? "no-store" : further;
  const vary = (channel?.transports ?? []).flatMap(({ vary: value }): HeaderEdit[] =>
    value === undefined ? [] : [{ kind: "vary", name: "vary", value }],
  );
  return [{ kind: "private", name: "cache-control", value }, ...vary];
}

function* warnUndelivered({
  context,
  backend,
  saved,
  authenticated,
  isExported,
  isAccessed,
}: RequestSession): Flow<void> {
  if (!saved || isExported || !isAccessed || backend.kind !== "record") return;
  const token = yield* backend.token(saved);
  if (token === undefined || token === authenticated?.presented) return;
  context.emit({
    type: "warning",
    code: "TOKEN_NOT_DELIVERED",
    message: `Session ${saved.state.id} has a new token that this response could not carry, so nobody can use the session. Take it by exportToken() and hand it to the client.`,
  });
}
