import { type Session, SessionError, type SessionErrorCode } from "coatcheck";
import type { Fact, Look } from "../oracle/fact.ts";
import type { SessionFacts } from "../oracle/session.ts";
import type { Data, Process } from "../world/process.ts";
import { commitTimeout, storeTimeout } from "./application.ts";
import type { Stage, Work } from "./stage.ts";

/** Something written that is not known to be durable yet. `move` says what it is of another session. */
export interface Pending {
  readonly fact: Fact;
  readonly sessionId: string;
  /** The key of data; absent for what belongs to the session itself. */
  readonly key?: string | undefined;
  /** A session that is not stored yet is stored for this. */
  isReason: boolean;
  readonly move: (to: SessionFacts, fact: Fact) => void;
  /** What failing means: a session that was signed in to without its token is taken back. */
  readonly withdrawal?: Fact | undefined;
}

/** Of these errors the library says that nothing was stored. */
const harmless: ReadonlySet<SessionErrorCode> = new Set([
  ...(["SESSION_GONE", "COMMIT_TIMEOUT", "TOO_MANY_SESSIONS", "SESSION_CLOSED", "SESSION_UNREADABLE"] as const),
]);

/** A commit, and before and after it the store's time, reads and deletions of a login, in milliseconds. */
const longest = commitTimeout + 5 * storeTimeout + 200;

export const codeOf = (error: unknown): string => (SessionError.is(error) ? error.code : `${error}`);

/** One piece of work on a session, by a request or by a job, and what is known of each thing it did. */
export class Visit implements Work {
  readonly stage: Stage;
  readonly process: Process;
  /** As in the story: "request 3". */
  readonly name: string;
  readonly owner: string;
  readonly start: { readonly began: number; readonly at: number };
  readonly errorsBefore: number;
  /** Its session is in the store. */
  isStored = false;
  /** Something became durable before the end. */
  hasCommitted = false;
  /** The time of the last commit that was acknowledged to it. */
  committedAt = 0;
  /** It made a new token, and that is durable. */
  hasTurned = false;
  pending: Pending[] = [];
  /** Login and regenerate, of which each ends the tokens before it. */
  readonly turns: Fact[] = [];
  readonly #open = new Set<Fact>();
  readonly #lag: number;

  constructor(stage: Stage, process: Process, name: string, owner: string) {
    this.stage = stage;
    this.process = process;
    this.name = name;
    this.owner = owner;
    this.start = stage.oracle.start();
    this.errorsBefore = process.storeErrors;
    this.#lag = process.lag;
    stage.running.add(this);
  }

  say(text: string): void {
    this.stage.world.trace.say(this.process.name, `${this.name} ${text}`);
  }

  look(start = this.start): Look {
    return this.stage.oracle.look(start, Math.max(this.#lag, this.process.lag));
  }

  /** What it read may be old. */
  get lags(): boolean {
    return this.#lag > 0 || this.process.lag > 0;
  }

  /** What an error says of what was asked for. A replica that lags may call a session gone that is there. */
  outcomeOf(error: unknown): "refused" | "unknown" {
    return !this.lags && SessionError.is(error) && harmless.has(error.code) ? "refused" : "unknown";
  }

  /** Whatever it waited for since `start` may not have taken longer than a commit and the calls around it. */
  checkTime(start: { readonly at: number }, what: string): void {
    const took = this.stage.world.now - start.at;
    if (took <= longest || this.process.resumedAt >= start.at) return;
    this.stage.oracle.fail(`${this.name} waited ${Math.round(took)} ms for ${what}`);
  }

  begin(): Fact {
    const fact = this.stage.oracle.begin();
    this.#open.add(fact);
    return fact;
  }

  settle(fact: Fact, outcome: "done" | "refused" | "unknown"): void {
    if (this.#open.delete(fact)) this.stage.oracle.settle(fact, outcome);
  }

  /** The facts of the session it works on now. A new one begins here. */
  facts(session: Session<Data>): SessionFacts {
    const { id } = session;
    const known = this.stage.oracle.sessions.get(id);
    if (known) return known;
    const fact = this.begin();
    this.pending.push({ fact, sessionId: id, isReason: false, move: () => undefined });
    return this.stage.oracle.session(id, this.owner, fact, this.start.at);
  }

  /** A commit has ended well. */
  saved(id: string): void {
    if (this.pending.length === 0) return;
    if (this.isStored || this.pending.some(({ isReason }) => isReason)) this.committed(id);
    // Nothing is left of what was set.
    else this.failed("unknown");
  }

  /** What is pending is durable now: all of it, or what goes with one key. */
  committed(id: string, key?: string): void {
    const { oracle } = this.stage;
    const own = this.pending.filter((one) => key === undefined || one.key === undefined || one.key === key);
    this.pending = this.pending.filter((one) => !own.includes(one));
    this.isStored = true;
    this.hasCommitted = true;
    this.committedAt = this.stage.world.now;
    const session = this.#created(id);
    session.activeSince = Math.max(session.activeSince, this.start.at);
    for (const { fact, sessionId, key: name, isReason, move, withdrawal } of own) {
      if (this.turns.includes(fact)) this.hasTurned = true;
      if (withdrawal) this.settle(withdrawal, "refused");
      // With an old record the removal of what came since may have looked like no change.
      const isSure = isReason || name === undefined || !this.lags;
      if (sessionId === id) this.settle(fact, isSure ? "done" : "unknown");
      else {
        this.settle(fact, "refused");
        const again = { ...oracle.now(), began: fact.began };
        move(session, again);
      }
    }
  }

  /** What is pending failed. */
  failed(outcome: "refused" | "unknown"): void {
    for (const { fact, withdrawal, key } of this.pending.splice(0)) {
      // What belongs to the session itself went along with what was stored in between.
      const isSure = outcome === "refused" && (key !== undefined || !this.hasCommitted);
      this.settle(fact, isSure ? "refused" : "unknown");
      if (withdrawal) this.settle(withdrawal, "unknown");
    }
  }

  /** The process is gone, and nobody will ever be told. */
  abandon(): void {
    for (const fact of this.#open) this.settle(fact, "unknown");
    this.pending = [];
    this.over();
  }

  over(): void {
    this.stage.running.delete(this);
    for (const fact of this.#open) this.settle(fact, "unknown");
  }

  #created(id: string): SessionFacts {
    const { oracle } = this.stage;
    return oracle.session(id, this.owner, { ...oracle.now(), began: this.start.began }, this.start.at);
  }
}
