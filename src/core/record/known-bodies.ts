import { type Body, parseBody } from "./record.ts";

interface KnownBody {
  readonly text: string;
  readonly body: Body;
}

/** How many bodies a generation holds, and how many characters in all. */
const mostBodies = 1_024;
const mostCharacters = 4_194_304;

/**
 * The bodies that this process has read a moment ago, by session, so that none is checked and taken apart twice. A body
 * is known again by its whole text: what the store returned decides. Of two generations the older one goes when the
 * newer one is full.
 */
export class KnownBodies {
  #newer = new Map<string, KnownBody>();
  #older = new Map<string, KnownBody>();
  #characters = 0;

  /** @throws SessionError RECORD_CORRUPT or SESSION_UNREADABLE */
  parse(id: string, text: string): Body {
    const newer = this.#newer.get(id);
    if (newer?.text === text) return newer.body;
    const older = this.#older.get(id);
    const body = older?.text === text ? older.body : parseBody(text);
    this.#keep(id, text, body);
    return body;
  }

  /** Lets the memory go of a body that is about to be replaced. */
  forget(id: string): void {
    const known = this.#newer.get(id);
    if (known) this.#characters -= known.text.length;
    this.#newer.delete(id);
    this.#older.delete(id);
  }

  #keep(id: string, text: string, body: Body): void {
    this.forget(id);
    if (this.#newer.size >= mostBodies || this.#characters + text.length > mostCharacters) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#characters = 0;
    }
    this.#newer.set(id, { text, body });
    this.#characters += text.length;
  }
}
