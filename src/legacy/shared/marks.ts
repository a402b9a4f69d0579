import type { Flow } from "../../core/language/flow.ts";
import type { Parts } from "./parts.ts";
import type { Source } from "./source.ts";

/** Which session of ours an old one has become, as told by the id and `imported` of that record. */
export interface Mark {
  readonly id: string;
  readonly imported: string;
}

/** An old session that ended without having become one of ours. */
const ended: Mark = { id: "", imported: "" };

/**
 * Notes in the store which old sessions have become ours. A note stays when its session ends, so that an old cookie never
 * opens a second one, whatever the old store still holds.
 */
export class Marks {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  *read(source: Source, key: string): Flow<Mark | undefined> {
    const text = yield* this.#parts.notes.read(nameFor(source, key));
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Notes what an old session has become, unless that is noted already. Returns the note. */
  *write(source: Source, key: string, mark: Mark = ended): Flow<Mark> {
    const { context, notes } = this.#parts;
    let noted = JSON.stringify(mark);
    yield* notes.write(nameFor(source, key), context.clock.now() + source.lifetime, (text) => {
      noted = text ?? JSON.stringify(mark);
      return noted;
    });
    return JSON.parse(noted);
  }
}

const nameFor = (source: Source, key: string): string => JSON.stringify(["legacy", source.name, key]);
