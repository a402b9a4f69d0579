import { now, type SharedToken, type WorkerMessage } from "../protocol.ts";
import type { History } from "./history.ts";
import type { StartedOperation } from "./started-operation.ts";

/** Writes the messages of a worker into the history. */
export class HistoryWriter {
  readonly memory: { start: number; last: number } = { start: 0, last: 0 };
  readonly #history: History;
  readonly #pass: (shared: SharedToken) => void;
  readonly #open = new Map<number, StartedOperation>();

  constructor(history: History, pass: (shared: SharedToken) => void) {
    this.#history = history;
    this.#pass = pass;
  }

  receive(message: WorkerMessage): void {
    if ("begin" in message) {
      const started = { operation: message.operation, began: message.at };
      this.#open.set(message.begin, started);
      this.#history.begin(started);
    } else if ("end" in message) {
      const started = this.#open.get(message.end);
      this.#open.delete(message.end);
      if (started === undefined) return;
      this.#history.end(started, message.result, message.at);
      const { slot } = started.operation;
      if (slot !== undefined && message.result.given !== undefined) this.#pass({ slot, token: message.result.given });
    } else if ("minted" in message) {
      this.#history.minted.add(message.minted);
    } else if ("problem" in message) {
      this.#history.violation(message.problem);
    } else if ("memory" in message) {
      this.memory.start ||= message.memory;
      this.memory.last = message.memory;
    }
  }

  /** What had begun will never be acknowledged. */
  abandon(): void {
    for (const started of this.#open.values()) this.#history.abandon(started, now());
    this.#open.clear();
  }
}
