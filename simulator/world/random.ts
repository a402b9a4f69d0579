import { Random as Seeded } from "../../test/support/random.ts";

/** Random choices of one part of the world. Sources of one seed with other names are independent of each other. */
export class Random extends Seeded {
  constructor(seed: number, name: string) {
    // FNV-1a, whose last bits are mixed by the generator itself.
    let hash = 0x811c9dc5;
    for (const character of `${seed} ${name}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    super(hash);
  }

  /** An integer from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }
}
