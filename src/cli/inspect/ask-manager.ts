import { createSessions } from "../../create-sessions.ts";
import { openAlone } from "../../operations/diagnostics/open-alone.ts";
import { header } from "../../transports/header.ts";
import type { RejectReason } from "../../types/events.ts";
import type { SessionsOptions } from "../../types/options.ts";
import type { SealedStore, SessionStore } from "../../types/store.ts";
import { managerOptions } from "../settings.ts";

/** What a session is known by, if a token opens one. */
export interface Opened {
  readonly id: string;
  readonly userId: string | undefined;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

export type Verdict =
  | { readonly opened: Opened }
  /** `endedAt`: when the token was replaced. */
  | { readonly refused: RejectReason; readonly endedAt?: Date | undefined };

/** Presents a token to the engine itself, as a request would. Changes nothing. */
export async function askManager(
  token: string,
  store: SessionStore | SealedStore,
  settings: SessionsOptions<object>,
): Promise<Verdict> {
  const field = "x-token";
  const options = {
    ...managerOptions,
    ...settings,
    transports: [header(field)],
  };
  const sessions =
    store.kind === "sealed" ? createSessions({ ...options, store }) : createSessions({ ...options, store });
  const head = {
    method: "GET",
    url: "/",
    encrypted: true,
    header: (name: string) => (name === field ? token : undefined),
  };
  const { session, events } = await openAlone(sessions, head);
  const refusal = events.find((event) => event.type === "refused");
  if (!events.some(({ type }) => type === "opened") && refusal?.type === "refused") {
    const reuse = events.find((event) => event.type === "reuse");
    return { refused: refusal.reason, endedAt: reuse?.type === "reuse" ? reuse.endedAt : undefined };
  }
  const { id, userId, createdAt, lastSeenAt, expiresAt } = session;
  return { opened: { id: String(id), userId, createdAt, lastSeenAt, expiresAt } };
}
