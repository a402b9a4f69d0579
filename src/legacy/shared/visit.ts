import type { OldSessions } from "../../core/backend/old-sessions.ts";
import type { RequestSession } from "../../core/request/request-session.ts";
import { epochOf } from "../../core/state/epoch.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import type { OldSession } from "./peer.ts";
import type { Source } from "./source.ts";
import type { Opened, Takeover } from "./takeover.ts";

/** A text in a request that looks like a session of another library. */
export interface Found {
  readonly source: Source;
  readonly text: string;
}

/** One request that came with cookies of other libraries. */
export class Visit implements OldSessions {
  readonly #takeover: Takeover;
  readonly #found: readonly Found[];
  readonly #request: RequestSession;
  readonly #edits: HeaderEdit[] = [];

  constructor(takeover: Takeover, found: readonly Found[], request: RequestSession) {
    this.#takeover = takeover;
    this.#request = request;
    this.#found = found;
  }

  /** As with our own tokens, what opens no session counts only if nothing behind it does. */
  async open(): Promise<Opened> {
    let other: Opened;
    for (const { source, text } of this.#found) {
      const old = await source.peer.verify(text);
      if (typeof old === "string") {
        this.#takeover.refuse(source, old);
        continue;
      }
      const opened = await this.#takeover.open(source, old);
      if (opened === "over") this.#forget(old);
      else if (opened?.secretStatus === "previous") {
        this.#forget(old);
        return opened;
      } else other ??= opened;
    }
    return other;
  }

  async edits(tokens: HeaderEdit[]): Promise<HeaderEdit[]> {
    const { saved } = this.#request;
    // No session's old cookie goes before its token comes.
    if (saved && tokens.length === 0) return tokens;
    if (this.#isSignedIn()) await this.#forgetAll();
    // Of two lines for one cookie the later one counts, which is ours.
    return [...this.#edits, ...tokens];
  }

  async end(except: string | undefined): Promise<void> {
    for (const { source, text } of this.#found) {
      const old = await source.peer.verify(text);
      if (typeof old === "string") continue;
      await this.#takeover.end(source, old, except);
      this.#forget(old);
    }
  }

  /** Whether this request has signed somebody in, or renewed that. */
  #isSignedIn(): boolean {
    const { saved, authenticated } = this.#request;
    if (saved?.state.userId === undefined) return false;
    return authenticated?.state.id !== saved.state.id || epochOf(authenticated.state) !== epochOf(saved.state);
  }

  /** Expires all old cookies: when our session ends, none of them may open another one. */
  async #forgetAll(): Promise<void> {
    for (const { source, text } of this.#found) {
      const old = await source.peer.verify(text);
      if (typeof old !== "string") this.#forget(old);
    }
  }

  #forget(old: OldSession): void {
    const known = new Set(this.#edits.map(({ value }) => value));
    this.#edits.push(...old.expire().filter(({ value }) => !known.has(value)));
  }
}
