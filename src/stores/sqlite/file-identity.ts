import { statSync } from "node:fs";
import { moved } from "./errors.ts";

/** Milliseconds in which reads may still be answered by a file that has lost its name. */
const trust = 1_000;

/** Looks whether a file that is open is still the one that has its name. A database in memory has none. */
export class FileWatch {
  readonly #path: string;
  readonly #whatNext: string;
  readonly #identity: string | undefined;
  #seenAt = performance.now();

  constructor(path: string, whatNext: string) {
    this.#path = path;
    this.#whatNext = whatNext;
    this.#identity = identityOf(path);
  }

  /** Before a write always, before a read now and then. @throws SessionError STORE_UNAVAILABLE */
  check(isWrite: boolean): void {
    if (this.#path === "" || (!isWrite && performance.now() - this.#seenAt < trust)) return;
    const identity = identityOf(this.#path);
    if (identity !== this.#identity) throw moved(this.#path, identity !== undefined, this.#whatNext);
    this.#seenAt = performance.now();
  }
}

function identityOf(path: string): string | undefined {
  const found = path === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}.${found.ino}`;
}
