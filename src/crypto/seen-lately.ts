const places = 4_096;

/**
 * Tells which keys have come before, and keeps no more of them than 32 bits: to remember everything that comes once would
 * cost more than it saves. May forget one, or rarely take one for another.
 */
export class SeenLately {
  readonly #marks = new Uint32Array(places);

  /** Notes a key. Returns whether it had been noted. */
  note(key: string): boolean {
    let mark = 0x811c9dc5;
    for (let at = 0; at < key.length; at++) mark = Math.imul(mark ^ key.charCodeAt(at), 0x01000193);
    mark >>>= 0;
    const place = mark % places;
    const known = this.#marks[place] === mark;
    this.#marks[place] = mark;
    return known;
  }
}
