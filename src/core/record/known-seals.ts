import { Recent } from "../../crypto/recent.ts";
import { SeenLately } from "../../crypto/seen-lately.ts";
import type { SessionState } from "./record.ts";
import { formatSealed, parseSealed, type SealedContent } from "./sealed-text.ts";

interface KnownSeal {
  readonly text: string;
  readonly content: SealedContent;
  readonly characters: number;
}

/** Long enough to tell the sessions apart. The whole text is compared; to look it up by that would take longer. */
const headLength = 48;

/**
 * The texts of sealed sessions that this process has written a moment ago, or read for the second time, so that they need
 * not be taken apart again.
 */
export class KnownSeals {
  readonly #seals = new Recent<KnownSeal>(1_024, 4_194_304);
  readonly #read = new SeenLately();

  parse(text: string): SealedContent | undefined {
    const head = text.slice(0, headLength);
    const known = this.#seals.get(head);
    if (known?.text === text) return known.content;
    const content = parseSealed(text);
    if (content && this.#read.note(head)) this.#seals.set(head, { text, content, characters: text.length });
    return content;
  }

  format(state: SessionState): string {
    const text = formatSealed(state);
    // What the schema keeps apart is found out when the text is read.
    if (state.kept.size > 0 || state.visitInBody !== undefined) return text;
    this.#seals.set(text.slice(0, headLength), { text, content: { state, error: undefined }, characters: text.length });
    return text;
  }
}
