/** Something that is remembered, with the number of characters that it keeps in memory. */
interface Remembered {
  readonly characters: number;
}

/**
 * Remembers the values of a moment ago, by key, within limits. There are two generations: when the newer one is full, it
 * becomes the older one, and what was the older one goes. That costs less than to keep an order of use.
 */
export class Recent<Value extends Remembered> {
  readonly #most: number;
  readonly #mostCharacters: number;
  #newer = new Map<string, Value>();
  #older = new Map<string, Value>();
  #characters = 0;

  /**
   * @param most how many values a generation holds
   * @param mostCharacters how many characters they have in all
   */
  constructor(most: number, mostCharacters: number) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
  }

  get(key: string): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: string, value: Value): void {
    this.#characters -= this.#newer.get(key)?.characters ?? 0;
    if (this.#newer.size >= this.#most || this.#characters + value.characters > this.#mostCharacters) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#characters = 0;
    }
    this.#newer.set(key, value);
    this.#characters += value.characters;
  }

  /** Keeps a value that was just used from going with the older generation. */
  renew(key: string, value: Value): void {
    if (!this.#newer.has(key)) this.set(key, value);
  }

  delete(key: string): void {
    const known = this.#newer.get(key);
    if (known) {
      this.#characters -= known.characters;
      this.#newer.delete(key);
    }
    this.#older.delete(key);
  }
}
