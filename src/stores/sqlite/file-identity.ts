import { statSync } from "node:fs";
import { fileMoved } from "./errors.ts";

/** How long reads may still see a file that was removed or replaced. */
const recheckMs = 1_000;

/** Detects that an open file was removed or replaced. Does nothing for a database in memory. */
export class FileWatch {
  readonly #path: string;
  readonly #whatNext: string;
  readonly #identity: string | undefined;
  #checkedAt = performance.now();

  constructor(path: string, whatNext: string) {
    this.#path = path;
    this.#whatNext = whatNext;
    this.#identity = identityOf(path);
  }

  /** Checks before every write, and before a read at most once a second. @throws SessionError STORE_UNAVAILABLE */
  check(isWrite: boolean): void {
    if (this.#path === "" || (!isWrite && performance.now() - this.#checkedAt < recheckMs)) return;
    const identity = identityOf(this.#path);
    if (identity !== this.#identity) throw fileMoved(this.#path, identity !== undefined, this.#whatNext);
    this.#checkedAt = performance.now();
  }
}

function identityOf(path: string): string | undefined {
  const found = path === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}.${found.ino}`;
}
