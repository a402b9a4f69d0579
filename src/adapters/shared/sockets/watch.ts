import { longestTimer } from "../../../core/runtime/timers.ts";
import type { SessionEvent } from "../../../types/events.ts";
import type { Sessions } from "../../../types/sessions.ts";

/** How a socket's session ended: `ended`, it is over · `renewed`, `login()` or `regenerate()` gave it another token. */
export type SessionEnd = "ended" | "renewed";

interface Socket {
  /** Of its session, when the socket was opened. */
  readonly epoch: number;
  readonly end: (end: SessionEnd) => void;
}

interface Watched {
  readonly sockets: Set<Socket>;
  readonly timer: ReturnType<typeof setInterval>;
}

/** Notices that sessions end: at once what happens in this process, the rest by asking the store now and then. */
export class SocketWatch {
  readonly #sessions: Pick<Sessions, "find">;
  readonly #interval: number;
  readonly #watched = new Map<string, Watched>();

  constructor(sessions: Pick<Sessions, "find" | "observe">, interval: number) {
    this.#sessions = sessions;
    this.#interval = Math.min(interval, longestTimer);
    sessions.observe((event) => this.#hear(event));
  }

  /** `end` is called once. The result ends the watch before that. */
  add(id: string, epoch: number, end: Socket["end"]): () => void {
    const socket: Socket = { epoch, end };
    this.#of(id).sockets.add(socket);
    return () => this.#drop(id, socket);
  }

  /** Asks the store. While it does not answer, sockets live on: what they do with their sessions fails anyway. */
  async check(id: string): Promise<void> {
    try {
      const found = await this.#sessions.find(id);
      if (!found) this.#endAll(id);
      // Not "another epoch": a socket may have come after the answer had left the store.
      else this.#end(id, "renewed", ({ epoch }) => epoch < found.epoch);
    } catch {
      // The observer has been told, and the next round asks again.
    }
  }

  #hear(event: SessionEvent): void {
    if (event.type === "destroyed" || event.type === "evicted") this.#endAll(event.id);
    if (event.type === "rotated" && event.by !== "schedule") void this.check(event.id);
  }

  #endAll(id: string): void {
    this.#end(id, "ended", () => true);
  }

  #end(id: string, how: SessionEnd, which: (socket: Socket) => boolean): void {
    for (const socket of [...(this.#watched.get(id)?.sockets ?? [])].filter(which)) {
      this.#drop(id, socket);
      socket.end(how);
    }
  }

  #of(id: string): Watched {
    let watched = this.#watched.get(id);
    if (!watched) {
      const timer = setInterval(() => void this.check(id), this.#interval);
      (timer as { unref?: () => void }).unref?.();
      watched = { sockets: new Set(), timer };
      this.#watched.set(id, watched);
    }
    return watched;
  }

  #drop(id: string, socket: Socket): void {
    const watched = this.#watched.get(id);
    if (!watched?.sockets.delete(socket) || watched.sockets.size > 0) return;
    clearInterval(watched.timer);
    this.#watched.delete(id);
  }
}
