import type { SessionBackend } from "../../core/backend/backend.ts";
import { wait } from "../../core/language/flow.ts";
import { RequestSession, type ResponseChannel } from "../../core/request/request-session.ts";
import { chain } from "../../crypto/awaitable.ts";
import type { Transport } from "../../types/transport.ts";
import { ageWatch } from "./age.ts";
import { Mirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";
import type { Source } from "./source.ts";
import { type Opened, Takeover } from "./takeover.ts";
import { Visit } from "./visit.ts";

/**
 * Returns what each request passes through. One without a cookie of another library is left as it is. Another one gets a
 * backend and a transport that also know the old session.
 */
export function adopter(parts: Parts, sources: readonly Source[]): (request: RequestSession) => RequestSession {
  const takeover = new Takeover(parts);
  const mirrored = sources.find(({ peer }) => peer.mirror);
  const watchAge = ageWatch(parts, sources);
  return (request) => {
    const { context, channel, backend, tokens } = request;
    if (!channel?.transport.write) return request;
    watchAge();
    const header = channel.context.head.header("cookie") ?? "";
    const found = sources.flatMap((source) => source.peer.find(header).map((text) => ({ source, text })));
    if (found.length === 0 && !mirrored) return request;
    const visit = new Visit(takeover, found);
    const mirror = mirrored && new Mirror(takeover, visit, mirrored, backend);
    // The request must not pass for one that came without a token.
    const all = found.length === 0 ? tokens : [...tokens, "legacy"];
    return new RequestSession(context, withOld(backend, tokens, visit, mirror), toBrowser(channel, visit), all);
  };
}

function withOld(
  backend: SessionBackend,
  tokens: readonly string[],
  visit: Visit,
  mirror: Mirror | undefined,
): SessionBackend {
  return {
    ...backend,
    open: (_, end) =>
      chain(
        chain<Opened, Opened>(backend.open(tokens, end), (ours) => (ours && mirror ? mirror.check(ours) : ours)),
        (ours) => (ours ? ours : visit.open(end)),
      ),
    *create(pending, id) {
      const saved = yield* backend.create(pending, id);
      if (mirror) yield* wait(mirror.write(saved, true));
      return saved;
    },
    *commit(saved, pending) {
      const after = yield* backend.commit(saved, pending);
      const { rotation } = pending.change;
      if (mirror && after.state !== saved.state)
        yield* wait(mirror.write(after, !!rotation && rotation.by !== "schedule"));
      return after;
    },
    *touch(saved) {
      const after = yield* backend.touch(saved);
      if (mirror && after) yield* wait(mirror.write(after, false));
      return after;
    },
    *remove(saved) {
      // First, so that at no moment an old cookie could open the session again.
      yield* wait(visit.end());
      yield* backend.remove(saved);
    },
  };
}

function toBrowser(channel: ResponseChannel, visit: Visit): ResponseChannel {
  const { transport } = channel;
  const { write, clear, checkOverrides, ready } = transport;
  const withOldCookies: Transport = {
    vary: transport.vary,
    read: (head, context) => transport.read(head, context),
    ...(ready && { ready: (context) => ready.call(transport, context) }),
    ...(checkOverrides && {
      checkOverrides: (overrides, context) => checkOverrides.call(transport, overrides, context),
    }),
    // Those of the old library come first: where both have one name, the later one counts, which is ours.
    ...(write && { write: (...args) => [...visit.edits, ...write.apply(transport, args)] }),
    ...(clear && { clear: (...args) => [...visit.edits, ...clear.apply(transport, args)] }),
  };
  const cookies: Transport = { vary: "Cookie", read: () => undefined };
  return { ...channel, transport: withOldCookies, transports: [...channel.transports, cookies] };
}
