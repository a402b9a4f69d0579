import { Counter } from "./counter.ts";
import type { Fact } from "./fact.ts";
import { Lifetime } from "./lifetime.ts";
import { Messages } from "./messages.ts";
import { Register } from "./register.ts";

/** A reason for which a token opens nothing any more. */
export interface TokenEnd {
  readonly fact: Fact;
  readonly why: string;
  /** It still opens for so many milliseconds. */
  readonly grace: number;
}

/** A token that a client was given. */
export interface Token {
  readonly text: string;
  readonly sessionId: string;
  readonly issue: Fact;
  /** The time at which the request began that brought it. */
  readonly issuedFrom: number;
  readonly ends: TokenEnd[];
  /** A request that came with it was answered then. */
  inUse?: Fact;
}

export interface Login {
  readonly userId: string;
  readonly fact: Fact;
  /** The process that it was called in. */
  readonly by: object;
  /** The time of the call. */
  readonly from: number;
}

/** All that is known of one session. */
export class SessionFacts {
  readonly id: string;
  /** The client who began it. */
  readonly owner: string;
  readonly creation: Fact;
  readonly createdFrom: number;
  readonly endings: { readonly fact: Fact; readonly why: string }[] = [];
  readonly logins: Login[] = [];
  /** The idle limit of its own, in words; `undefined` for the manager's. */
  readonly idle = new Register();
  /** Its absolute limits of its own. */
  readonly lifetime = new Lifetime();
  readonly counter = new Counter();
  readonly messages = new Messages();
  readonly tokens: Token[] = [];
  /** Login and regenerate: each ends the tokens before it. */
  readonly turns: Fact[] = [];
  /** A request that was acknowledged wrote then, so that the idle limit counts from then at the earliest. */
  activeSince: number;
  /** Nobody can have used it after that. */
  activeUntil: number;
  readonly #registers = new Map<string, Register>();

  constructor(id: string, owner: string, creation: Fact, createdFrom: number) {
    this.id = id;
    this.owner = owner;
    this.creation = creation;
    this.createdFrom = createdFrom;
    this.activeSince = createdFrom;
    this.activeUntil = createdFrom;
  }

  register(key: string): Register {
    const known = this.#registers.get(key) ?? new Register();
    this.#registers.set(key, known);
    return known;
  }

  keys(): Iterable<string> {
    return this.#registers.keys();
  }
}
