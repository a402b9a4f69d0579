import type { World } from "../world/world.ts";
import { type Fact, type Look, type Rewind, standingOf } from "./fact.ts";
import { type Context, type Limits, mustBeThere, mustOpen, whyClosed, whyGone } from "./opening.ts";
import { endRevoked, type Revocation } from "./revocation.ts";
import { SessionFacts, type Token } from "./session.ts";

/** Knows what was acknowledged to whom, and compares with it all that anybody is told later. */
export class Oracle {
  /** Each contradiction, in a sentence. */
  readonly broken: string[] = [];
  readonly sessions = new Map<string, SessionFacts>();
  readonly rewinds: Rewind[] = [];
  /** Those that are sure to have seen what was stored. */
  readonly revocations: Revocation[] = [];
  /** Who signed in while one of these was under way may be among those that it ended. */
  readonly revoking: { readonly userId: string; readonly fact: Fact }[] = [];
  readonly limits: Limits;
  readonly #tokens = new Map<string, Token>();
  readonly #world: World;

  constructor(world: World, limits: Limits) {
    this.#world = world;
    this.limits = limits;
    world.onRewind = (kept, lost) => this.rewinds.push({ at: world.moment, kept, lost });
  }

  /** Something is about to be asked for. */
  begin(): Fact {
    const { moment } = this.#world;
    return { began: moment, ended: Number.POSITIVE_INFINITY, at: Number.POSITIVE_INFINITY, outcome: "running" };
  }

  settle(fact: Fact, outcome: "done" | "refused" | "unknown"): void {
    fact.outcome = outcome;
    fact.ended = this.#world.moment;
    fact.at = this.#world.now;
  }

  /** A fact of this very moment. */
  now(): Fact {
    const fact = this.begin();
    this.settle(fact, "done");
    return fact;
  }

  /** Somebody who began to look then sees something now. */
  look({ began, at }: { readonly began: number; readonly at: number }, lag = 0): Look {
    return { began, ended: this.#world.moment, at, lag };
  }

  /** The time as a start of a look. */
  start(): { readonly began: number; readonly at: number } {
    return { began: this.#world.moment, at: this.#world.now };
  }

  /** The session, which is made now if it is not known. */
  session(id: string, owner: string, creation: Fact, from: number): SessionFacts {
    const known = this.sessions.get(id);
    if (known) return known;
    const session = new SessionFacts(id, owner, creation, from);
    this.sessions.set(id, session);
    return session;
  }

  token(text: string): Token | undefined {
    return this.#tokens.get(text);
  }

  issue(token: Token): void {
    this.#tokens.set(token.text, token);
    this.sessions.get(token.sessionId)?.tokens.push(token);
  }

  opened(text: string, id: string, look: Look): void {
    const token = this.#tokens.get(text);
    const session = this.sessions.get(id);
    const why = token && session ? whyClosed(session, token, look, this.#context()) : "nobody was given that token";
    if (token && token.sessionId !== id)
      this.fail(`a token of ${this.#name(token.sessionId)} opened ${this.#name(id)}`);
    else if (why !== undefined) this.fail(`a token opened session ${this.#name(id)}, although ${why}`);
  }

  /** The token opened nothing. */
  missed(text: string, look: Look): void {
    const token = this.#tokens.get(text);
    const session = token && this.sessions.get(token.sessionId);
    if (!token || !session || look.lag > 0 || !mustOpen(session, token, look, this.#context())) return;
    this.fail(`the newest token of session ${this.#name(session.id)} opened nothing, and nobody had ended it`);
  }

  /** A login or a revocation was acknowledged. */
  noteRevoked(): void {
    endRevoked(this.sessions.values(), this.revocations, this.rewinds);
  }

  /** The session was found by its id, or in a list. */
  found(id: string, look: Look): void {
    const session = this.sessions.get(id);
    const why = session && whyGone(session, look, this.#context());
    if (why !== undefined) this.fail(`session ${this.#name(id)} was found, although ${why}`);
  }

  /** The session was not found by its id, or not listed. */
  notFound(id: string, look: Look): void {
    const session = this.sessions.get(id);
    if (!session || look.lag > 0 || !mustBeThere(session, look, this.#context())) return;
    this.fail(`session ${this.#name(id)} was not found, and nobody had ended it`);
  }

  /** One value that somebody read. */
  value(id: string, key: string, value: unknown, look: Look): void {
    const problem = this.sessions
      .get(id)
      ?.register(key)
      .problemWith(value as string | undefined, look, this.rewinds);
    if (problem !== undefined) this.fail(`session ${this.#name(id)} under "${key}" ${problem}`);
  }

  /** The idle limit of its own that somebody read; "unknown" if it could not be seen. */
  limit(id: string, limit: string | undefined, look: Look): void {
    const problem =
      limit === "unknown" ? undefined : this.sessions.get(id)?.idle.problemWith(limit, look, this.rewinds);
    if (problem !== undefined) this.fail(`the idle limit of session ${this.#name(id)} ${problem}`);
  }

  /** Somebody was handed a value that only one may get. */
  took(id: string, key: string, value: string, fact: Fact): void {
    const problem = this.sessions.get(id)?.register(key).take(value, fact, this.#world.moment, this.rewinds);
    if (problem !== undefined) this.fail(`session ${this.#name(id)} under "${key}" ${problem}`);
  }

  received(id: string, message: string, call: Fact, look: Look): void {
    const problem = this.sessions.get(id)?.messages.receive(message, call, look, this.rewinds);
    if (problem !== undefined) this.fail(`session ${this.#name(id)} ${problem}`);
  }

  /** The data that somebody read. `hidden`: the key that this version does not see. */
  values(id: string, values: Readonly<Record<string, unknown>>, look: Look, hidden: string | undefined): void {
    const session = this.sessions.get(id);
    if (!session) return;
    const say = (problem: string | undefined): void => {
      if (problem !== undefined) this.fail(`session ${this.#name(id)} ${problem}`);
    };
    for (const key of new Set([...session.keys(), ...Object.keys(values)])) {
      if (key === hidden) continue;
      if (key === "n") say(session.counter.problemWith(Number(values.n ?? 0), look, this.rewinds));
      else this.value(id, key, values[key], look);
    }
    if (values.n === undefined) say(session.counter.problemWith(0, look, this.rewinds));
  }

  /** Whether the token had ended when somebody began to look. */
  isOver(token: Token, look: Look): boolean {
    const session = this.sessions.get(token.sessionId);
    return session !== undefined && whyClosed(session, token, look, this.#context()) !== undefined;
  }

  /** A response carries this token, although the handler had returned after the token ended. */
  delivered(token: Token, look: Look): void {
    const end = token.ends.find(({ fact, grace }) => grace === 0 && standingOf(fact, look, this.rewinds) === "firm");
    if (!end) return;
    this.fail(
      `a late response sends a token of ${this.#name(token.sessionId)}, although ${end.why} was acknowledged before`,
    );
  }

  /** A response carries this token to somebody who came with another one. */
  handedOutAgain({ sessionId, inUse }: Token, look: Look): void {
    if (!inUse || look.lag > 0 || standingOf(inUse, look, this.rewinds) !== "firm") return;
    this.fail(`a token of ${this.#name(sessionId)} was in use, and was handed out for the one before it`);
  }

  fail(problem: string): void {
    this.broken.push(problem);
    this.#world.trace.say("oracle", `CONTRADICTION: ${problem}`);
  }

  #context(): Context {
    return { limits: this.limits, rewinds: this.rewinds, sessions: this.sessions.values() };
  }

  #name(id: string): string {
    return this.#world.trace.name(id);
  }
}
