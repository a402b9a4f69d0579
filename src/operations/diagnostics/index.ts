import { channel } from "node:diagnostics_channel";
import type { Instrument } from "../shared/instrument.ts";
import { timing } from "../shared/timing.ts";
import { wrapStore } from "../shared/wrap-store.ts";
import { withId } from "./request-id.ts";

export type { Instrument } from "../shared/instrument.ts";
export type { CookieFinding } from "../shared/judge-cookie.ts";
export type { StoreOutcome, StoreTiming } from "../shared/timing.ts";
export type { StoreOperation } from "../shared/wrap-store.ts";
export type { AuditedRequest, NodeLikeRequest } from "./audit-head.ts";
export {
  type AuditOptions,
  auditRequest,
  type RequestAudit,
  type SetCookieAudit,
  type TokenAudit,
} from "./audit-request.ts";
export { type IdentifiedEvent, identified, withRequestId } from "./request-id.ts";

/** The channels of `node:diagnostics_channel` by what is published on them. */
export const channelNames: {
  /** Each message is an `IdentifiedEvent`. */
  readonly event: "coatcheck:event";
  /** Each message is a `StoreTiming`, with `requestId` within `withRequestId()`. */
  readonly store: "coatcheck:store";
} = { event: "coatcheck:event", store: "coatcheck:store" };

/**
 * Publishes events and store operations on channels of `node:diagnostics_channel`, which a monitoring agent subscribes to
 * without a change of the application. While nobody subscribes, nothing is measured.
 *
 * @example
 * const channels = diagnosticsChannels();
 * const sessions = createSessions({ store: channels.store(redisStore({ url })) });
 * sessions.observe(channels.observer);
 */
export function diagnosticsChannels(): Instrument {
  const events = channel(channelNames.event);
  const calls = channel(channelNames.store);
  return {
    observer: (event) => events.publish(withId(event)),
    store: (store) =>
      wrapStore(
        store,
        "diagnosticsChannels().store()",
        timing(
          store?.name,
          (told) => calls.publish(withId(told)),
          () => calls.hasSubscribers,
        ),
      ),
  };
}
