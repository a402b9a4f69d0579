import type { RequestSession } from "../../core/request/request-session.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { Transport } from "../../types/transport.ts";
import { margin } from "./fates.ts";
import type { Parts } from "./parts.ts";
import type { Source } from "./source.ts";
import { Takeover } from "./takeover.ts";
import { Visit } from "./visit.ts";

/**
 * Returns what looks in each request for cookies of other libraries. Only where our own token would travel in a cookie,
 * too: no script gets hold of a token that was made of a cookie.
 *
 * @throws SessionError INVALID_OPTION
 */
export function finderOf(parts: Parts, sources: readonly Source[]): (request: RequestSession) => void {
  check(parts);
  const { context, revocations } = parts;
  revocations.noted = Math.max(revocations.noted, ...sources.map(({ lifetime }) => lifetime + margin));
  const takeover = new Takeover(parts);
  context.beforeEnd = (id) => takeover.beforeEnd(id);
  return (request) => {
    const { channel } = request;
    if (!channel || !isCookie(channel.transport) || request.given) return;
    const header = channel.context.head.header("cookie") ?? "";
    const found = sources.flatMap((source) => source.peer.find(header).map((text) => ({ source, text })));
    if (found.length === 0) return;
    try {
      channel.transport.ready?.(channel.context);
    } catch (error) {
      if (!SessionError.is(error)) throw error;
      context.warnOnce("INSECURE_TRANSPORT", `The cookie of another library was not read. ${error.message}`);
      return;
    }
    request.old = new Visit(takeover, found, request);
  };
}

function check({ store, transports }: Parts): void {
  if (!store.atomic) {
    throw invalidOption(
      `legacy needs a store that can write conditionally, which "${store.name}" cannot: one old session could become two.`,
    );
  }
  const first = transports.find(({ write }) => write);
  if (first && isCookie(first)) return;
  throw invalidOption(
    `legacy needs a cookie for our own tokens: put cookie() before the other transports${transports.some(isCookie) ? "" : ", of which none is one"}.`,
  );
}

const isCookie = ({ vary, write }: Transport): boolean => write !== undefined && vary?.toLowerCase() === "cookie";
