import { now, type Passed, type Told } from "../protocol.ts";
import type { Books, Operation } from "./history.ts";

/** Enters what a worker tells into the books. */
export class Clerk {
  readonly memory: { start: number; last: number } = { start: 0, last: 0 };
  readonly #books: Books;
  readonly #pass: (passed: Passed) => void;
  readonly #open = new Map<number, Operation>();

  constructor(books: Books, pass: (passed: Passed) => void) {
    this.#books = books;
    this.#pass = pass;
  }

  told(told: Told): void {
    if ("begin" in told) {
      const operation = { deed: told.deed, began: told.at };
      this.#open.set(told.begin, operation);
      this.#books.begin(operation);
    } else if ("end" in told) {
      const operation = this.#open.get(told.end);
      this.#open.delete(told.end);
      if (operation === undefined) return;
      this.#books.end(operation, told.result, told.at);
      const { seat } = operation.deed;
      if (seat !== undefined && told.result.given !== undefined) this.#pass({ seat, token: told.result.given });
    } else if ("minted" in told) {
      this.#books.minted.add(told.minted);
    } else if ("problem" in told) {
      this.#books.violation(told.problem);
    } else if ("memory" in told) {
      this.memory.start ||= told.memory;
      this.memory.last = told.memory;
    }
  }

  /** What had begun will never have an answer. */
  abandon(): void {
    for (const operation of this.#open.values()) this.#books.abandon(operation, now());
    this.#open.clear();
  }
}
