import { Recent } from "../../crypto/recent.ts";
import { type Body, parseBody } from "./record.ts";

interface KnownBody {
  readonly text: string;
  readonly body: Body;
  readonly characters: number;
}

/**
 * The bodies that this process has read a moment ago, by session, so that none is checked and taken apart twice. A body
 * is known again by its whole text: what the store returned decides.
 */
export class KnownBodies {
  readonly #bodies = new Recent<KnownBody>(1_024, 4_194_304);

  /** @throws SessionError RECORD_CORRUPT or SESSION_UNREADABLE */
  parse(id: string, text: string): Body {
    const known = this.#bodies.get(id);
    if (known?.text === text) {
      this.#bodies.renew(id, known);
      return known.body;
    }
    const body = parseBody(text);
    this.#bodies.set(id, { text, body, characters: text.length });
    return body;
  }

  /** Lets the memory go of a body that is about to be replaced. */
  forget(id: string): void {
    this.#bodies.delete(id);
  }
}
