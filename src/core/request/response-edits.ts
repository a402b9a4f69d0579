import type { HeaderEdit, TokenLease } from "../../types/transport.ts";
import type { Held } from "../backend/backend.ts";
import type { SessionState } from "../record/record.ts";
import { isNow } from "../runtime/ended-tokens.ts";
import { clientDeadline } from "../state/expiry.ts";
import type { Visit } from "./request-session.ts";

/** What the response has to say about the session: the client's new token, or that it has none any more, and caching. */
export async function answer(visit: Visit): Promise<HeaderEdit[]> {
  const { channel } = visit;
  if (!channel) {
    await warnUndelivered(visit);
    return [];
  }
  const edits = await tokenEdits(visit);
  if (edits.length > 0 || visit.isAccessed) edits.push(...cacheEdits(visit, edits));
  return edits;
}

/** The edits by which this visit's transport hands out a token; `undefined` when it has no way to. */
export function writeToken(visit: Visit, token: string, state: SessionState): HeaderEdit[] | undefined {
  const { engine, channel, written } = visit;
  if (written?.state === state) return written.edits;
  const lease: TokenLease = {
    expiresAt: clientDeadline(state, engine.config.remember),
    now: engine.clock.now(),
    overrides: state.control.cookie,
  };
  const edits = channel?.transport.write?.(token, lease, channel.context);
  // A sealed token is written to see whether it fits, and again for the answer.
  if (edits) visit.written = { state, edits };
  return edits;
}

async function tokenEdits(visit: Visit): Promise<HeaderEdit[]> {
  const { channel, held, opened, keeper } = visit;
  if (!held) return visit.isEnded && visit.tokens.length > 0 ? clear(visit) : [];
  if (held.state.id === visit.goneId) return [];
  const token = await keeper.token(held);
  if (token === undefined) return [];
  if (token === opened?.presented && !leaseMoved(visit, opened.state, held.state)) return [];
  if (!channel?.transport.write) {
    if (token !== opened?.presented) await warnUndelivered(visit);
    return [];
  }
  return isNow(visit.knownAt) ? (writeToken(visit, token, held.state) ?? []) : confirmedToken(visit, held, token);
}

/**
 * What was stored a while ago is looked up before it is said: a login elsewhere may have ended this token, and the client
 * must keep that login's. If the store cannot tell, only a token that the client does not have yet is worth the risk.
 */
async function confirmedToken(visit: Visit, held: Held, token: string): Promise<HeaderEdit[]> {
  const { keeper, opened } = visit;
  const unsure = token === opened?.presented ? undefined : held;
  const newest = await keeper.confirm(held).catch(() => unsure);
  const current = newest && (await keeper.token(newest));
  return (newest && current !== undefined && writeToken(visit, current, newest.state)) || [];
}

function clear({ channel, opened }: Visit): HeaderEdit[] {
  return channel?.transport.clear?.(opened?.state.control.cookie, channel.context) ?? [];
}

/** Whether the client would keep the token for another time or under other attributes than it does. */
function leaseMoved({ engine }: Visit, before: SessionState, after: SessionState): boolean {
  const { remember } = engine.config;
  const seconds = (state: SessionState): number | undefined => {
    const deadline = clientDeadline(state, remember);
    return deadline === undefined ? undefined : Math.floor(deadline / 1000);
  };
  return seconds(before) !== seconds(after) || before.control.cookie !== after.control.cookie;
}

/** Caches that are shared by visitors must not keep a page that knows one of them (RFC 9111 section 5.2.2, RFC 6265bis section 7). */
export function cacheEdits({ channel, engine }: Visit, tokens: readonly HeaderEdit[]): HeaderEdit[] {
  const further = tokens.length > 0 ? 'no-cache="set-cookie"' : "";
  const value = engine.config.cache === "no-store" ? "no-store" : further;
  const vary = (channel?.transports ?? []).flatMap(({ vary: value }): HeaderEdit[] =>
    value === undefined ? [] : [{ kind: "vary", name: "vary", value }],
  );
  return [{ kind: "private", name: "cache-control", value }, ...vary];
}

async function warnUndelivered({ engine, keeper, held, opened, isExported, isAccessed }: Visit): Promise<void> {
  if (!held || isExported || !isAccessed || keeper.kind !== "record") return;
  const token = await keeper.token(held);
  if (token === undefined || token === opened?.presented) return;
  engine.emit({
    type: "warning",
    code: "TOKEN_NOT_DELIVERED",
    message: `Session ${held.state.id} has a new token that this response could not carry, so nobody can use the session. Take it by exportToken() and hand it to the client.`,
  });
}
