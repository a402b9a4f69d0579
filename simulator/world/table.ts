import type { StoredRecord } from "coatcheck";

export type Records = ReadonlyMap<string, StoredRecord>;

/** What the store held from one moment on. */
export interface Version {
  readonly moment: number;
  readonly at: number;
  readonly records: Records;
}

/** The content of the store, with all that it has ever been. */
export class Table {
  readonly #versions: [Version, ...Version[]] = [{ moment: 0, at: 0, records: new Map() }];

  get records(): Records {
    return this.#newest.records;
  }

  /** What it was then, for a replica that lags. */
  asOf(at: number): Records {
    return (this.#versions.findLast((version) => version.at <= at) ?? this.#versions[0]).records;
  }

  change(moment: number, at: number, edit: (records: Map<string, StoredRecord>) => void): void {
    const records = new Map(this.records);
    edit(records);
    this.#versions.push({ moment, at, records });
  }

  /** Goes back to what it was some changes ago. Returns the last moment that is kept and the first that is lost. */
  rewind(changes: number): { kept: number; lost: number } | undefined {
    const index = Math.max(0, this.#versions.length - 1 - changes);
    const [old, next] = [this.#versions[index], this.#versions[index + 1]];
    if (!old || !next) return undefined;
    this.#versions.length = index + 1;
    return { kept: old.moment, lost: next.moment };
  }

  get #newest(): Version {
    return this.#versions.at(-1) ?? this.#versions[0];
  }
}
