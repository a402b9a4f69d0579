import { AsyncLocalStorage } from "node:async_hooks";
import type { SessionEvent } from "../../types/events.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import type { RequestHead } from "../../types/transport.ts";

/** A session as a request opens it, and what was told of that request alone. */
export interface OpenedAlone {
  readonly session: Session;
  readonly events: readonly SessionEvent[];
}

const current = new AsyncLocalStorage<SessionEvent[]>();

/** Presents a request to a manager, as an adapter does, and stores nothing. @throws SessionError */
export async function openAlone(sessions: SessionManager, head: RequestHead): Promise<OpenedAlone> {
  const events: SessionEvent[] = [];
  // Other requests of the same moment have events too.
  const stop = sessions.observe((event) => {
    if (current.getStore() === events) events.push(event);
  });
  try {
    const { session } = await current.run(events, async () => sessions.open(head));
    return { session, events };
  } finally {
    stop();
  }
}
