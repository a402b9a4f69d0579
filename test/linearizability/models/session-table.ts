import type { Random } from "../../support/random.ts";

/** What the clients of one process know of the session in one slot. One that ended is followed by another under a new id. */
interface Slot {
  generation: number;
  life: "awaited" | "being issued" | "met";
  /** Those that this process was given, the newest last. */
  tokens: Token[];
}

export interface Token {
  /** What the session's data call this token. */
  readonly era: string;
  readonly token: string;
}

/** The session that a client has chosen. */
export interface Target {
  readonly slot: Slot;
  readonly generation: number;
  readonly id: string;
}

/** Where the sessions are, as far as one process knows. Each slot has one process that issues its sessions. */
export class SessionTable {
  readonly #slots: readonly Slot[];
  readonly #isOwner: (index: number) => boolean;

  constructor(slots: number, isOwner: (index: number) => boolean) {
    this.#slots = Array.from({ length: slots }, () => ({ generation: 0, life: "awaited", tokens: [] }));
    this.#isOwner = isOwner;
  }

  /** Mostly the newest session of a slot; seldom one that is over, or one that may have begun elsewhere. */
  pick(random: Random): Target & { readonly isToBeIssued: boolean } {
    const index = random.below(this.#slots.length);
    const slot = this.#slots[index] as Slot;
    const isAwaited = slot.life === "awaited";
    const isToBeIssued = isAwaited && this.#isOwner(index);
    let { generation } = slot;
    if (isAwaited && !isToBeIssued && random.chance(0.3)) generation++;
    else if (!isToBeIssued && generation > 0 && random.chance(0.05)) generation--;
    return { slot, generation, id: `linear-session-${index}-${generation}`, isToBeIssued };
  }

  /** One of this session's tokens, mostly the newest. */
  token({ slot, generation }: Target, random: Random): Token | undefined {
    if (generation !== slot.generation) return undefined;
    const { tokens } = slot;
    return random.chance(0.8) ? tokens.at(-1) : tokens[random.below(tokens.length)];
  }

  /** The process was given another token of this session. */
  given({ slot, generation }: Target, token: Token): void {
    if (generation === slot.generation) slot.tokens.push(token);
  }

  met({ slot, generation }: Target): void {
    if (generation > slot.generation) Object.assign(slot, { generation, tokens: [] });
    if (generation === slot.generation) slot.life = "met";
  }

  /** Whoever of this process hears it first moves all to the next one. */
  ended({ slot, generation }: Target): void {
    if (generation === slot.generation && slot.life === "met") this.#advance(slot);
  }

  /** Issues a session, once; the next one if nobody knows whether this one is there. */
  async issue(target: Target, run: () => Promise<Token | undefined>): Promise<void> {
    target.slot.life = "being issued";
    const token = await run();
    if (token) {
      this.given(target, token);
      this.met(target);
    } else if (target.generation === target.slot.generation) {
      this.#advance(target.slot);
    }
  }

  #advance(slot: Slot): void {
    Object.assign(slot, { generation: slot.generation + 1, life: "awaited", tokens: [] });
  }
}
