import type { HeaderEdit } from "../../types/transport.ts";
import type { AuthenticatedSession, Unreadable } from "./backend.ts";

/** The sessions of other libraries that one request came with (`legacy`). */
export interface OldSessions {
  /** Opens a session of ours that one of them becomes, or has become. @throws SessionError if a store fails */
  open(): Promise<AuthenticatedSession | Unreadable | undefined>;
  /**
   * Ends them, so that none of them becomes a session of ours any more, and what they have become, except one session.
   *
   * @throws SessionError if our store fails
   */
  end(except: string | undefined): Promise<void>;
  /** Adds to the edits of our token what makes the browser forget those that are of no more use. */
  edits(tokens: HeaderEdit[]): Promise<HeaderEdit[]>;
}
