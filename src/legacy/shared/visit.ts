import { run } from "../../core/language/flow.ts";
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
export class Visit {
  readonly #takeover: Takeover;
  readonly #found: readonly Found[];
  /** The old session that goes on beside ours (`dualWrite`). */
  beside: OldSession | undefined;
  /** What the response does to cookies of other libraries. */
  readonly edits: HeaderEdit[] = [];

  constructor(takeover: Takeover, found: readonly Found[]) {
    this.#takeover = takeover;
    this.#found = found;
  }

  /** Opens the first old session that can be opened. */
  async open(end: number): Promise<Opened> {
    for (const { source, text } of this.#found) {
      const old = await source.peer.verify(text);
      if (typeof old === "string") {
        this.#takeover.refuse(source, old);
        continue;
      }
      const opened = await this.#takeover.open(source, old, end);
      if (!opened) continue;
      if (source.peer.mirror) this.beside = old;
      else this.edits.push(...old.expire());
      return opened;
    }
    return undefined;
  }

  /** The old sessions of one source that the client has proved its right to. */
  async proven(source: Source): Promise<OldSession[]> {
    const proven: OldSession[] = [];
    for (const one of this.#found) {
      if (one.source !== source) continue;
      const old = await source.peer.verify(one.text);
      if (typeof old !== "string") proven.push(old);
    }
    return proven;
  }

  /** Ends all old sessions of this client, so that none of their cookies signs in again. */
  async end(): Promise<void> {
    for (const source of new Set(this.#found.map((one) => one.source))) {
      for (const old of await this.proven(source)) await this.#end(source, old);
    }
  }

  async #end(source: Source, old: OldSession): Promise<void> {
    await run(this.#takeover.marks.write(source, old.key));
    await this.#takeover.end(source, old);
    this.edits.push(...old.expire());
  }
}
