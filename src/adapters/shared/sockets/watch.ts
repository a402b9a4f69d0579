import { longestTimer } from "../../../core/runtime/timers.ts";
import type { SessionEvent } from "../../../types/events.ts";
import type { Sessions } from "../../../types/sessions.ts";

/**
 * How a socket's session ended: `ended`, the session is over · `renewed`, `login()` or `regenerate()` changed its
 * token.
 */
export type SessionEnd = "ended" | "renewed";

interface Socket {
  /** The session's epoch when the socket was opened. */
  readonly epoch: number;
  readonly end: (end: SessionEnd) => void;
}

interface WatchedSession {
  readonly sockets: Set<Socket>;
  readonly timer: ReturnType<typeof setInterval>;
}

/** Detects the end of sessions: in this process at once, in other processes by polling the store. */
export class SocketWatch {
  readonly #sessions: Pick<Sessions, "find">;
  readonly #interval: number;
  readonly #watched = new Map<string, WatchedSession>();

  constructor(sessions: Pick<Sessions, "find" | "observe">, interval: number) {
    this.#sessions = sessions;
    this.#interval = Math.min(interval, longestTimer);
    sessions.observe((event) => this.#onEvent(event));
  }

  /** Calls `end` once, when the session ends. Returns a function that stops the watch. */
  add(id: string, epoch: number, end: Socket["end"]): () => void {
    const socket: Socket = { epoch, end };
    this.#entryOf(id).sockets.add(socket);
    return () => this.#remove(id, socket);
  }

  /** Asks the store. While the store is down, sockets stay open: their edits fail anyway. */
  async check(id: string): Promise<void> {
    try {
      const found = await this.#sessions.find(id);
      if (!found) this.#endAll(id);
      // Not "another epoch": a newer socket may have been added after the store replied.
      else this.#end(id, "renewed", ({ epoch }) => epoch < found.epoch);
    } catch {
      // The manager has reported the error to its observer, and the next check asks again.
    }
  }

  #onEvent(event: SessionEvent): void {
    if (event.type === "destroyed" || event.type === "evicted") this.#endAll(event.id);
    if (event.type === "rotated" && event.by !== "schedule") void this.check(event.id);
  }

  #endAll(id: string): void {
    this.#end(id, "ended", () => true);
  }

  #end(id: string, how: SessionEnd, which: (socket: Socket) => boolean): void {
    for (const socket of [...(this.#watched.get(id)?.sockets ?? [])].filter(which)) {
      this.#remove(id, socket);
      socket.end(how);
    }
  }

  #entryOf(id: string): WatchedSession {
    let watched = this.#watched.get(id);
    if (!watched) {
      const timer = setInterval(() => void this.check(id), this.#interval);
      (timer as { unref?: () => void }).unref?.();
      watched = { sockets: new Set(), timer };
      this.#watched.set(id, watched);
    }
    return watched;
  }

  #remove(id: string, socket: Socket): void {
    const watched = this.#watched.get(id);
    if (!watched?.sockets.delete(socket) || watched.sockets.size > 0) return;
    clearInterval(watched.timer);
    this.#watched.delete(id);
  }
}
