import type { Session } from "coatcheck";
import type { Fact, Look } from "../oracle/fact.ts";
import type { Oracle } from "../oracle/oracle.ts";
import type { SessionFacts } from "../oracle/session.ts";
import type { Data, Process } from "../world/process.ts";
import { longestOperation } from "./application.ts";
import { isHarmless } from "./errors.ts";
import { checkFence } from "./fence.ts";
import { isNothing, mustChange, type Pending } from "./pending.ts";
import type { Stage, Work } from "./stage.ts";

type Start = ReturnType<Oracle["start"]>;

/** One piece of work on a session, by a request or by a job, and what is known of each thing it did. */
export class Visit implements Work {
  readonly stage: Stage;
  readonly process: Process;
  /** As in the story: "request 3". */
  readonly name: string;
  readonly owner: string;
  readonly start: Start;
  readonly errorsBefore: number;
  isStored = false;
  hasCommitted = false;
  /** The time of the last commit that was acknowledged to it. */
  committedAt = 0;
  /** What it sees of its session is from this moment on: it was opened, or its last commit began. */
  viewedFrom: Start;
  hasTurned = false;
  pending: Pending[] = [];
  readonly turns: Fact[] = [];
  /** What it may do by coming, which explains nothing of what it sees. */
  readonly own: Fact[] = [];
  readonly #open = new Set<Fact>();
  readonly #sessionIds = new Set<string>();
  readonly #lag: number;
  #attempted: Start;
  /** Its session was as it knew it at this moment, when it was opened or a commit was acknowledged. */
  knownAt: number;

  constructor(stage: Stage, process: Process, name: string, owner: string) {
    this.stage = stage;
    this.process = process;
    this.name = name;
    this.owner = owner;
    this.start = stage.oracle.start();
    this.viewedFrom = this.start;
    this.#attempted = this.start;
    this.knownAt = this.start.began;
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

  get lags(): boolean {
    return this.#lag > 0 || this.process.lag > 0;
  }

  /** A call of its process failed meanwhile. */
  get isTroubled(): boolean {
    return this.process.storeErrors > this.errorsBefore;
  }

  /** What an error says of what was asked for. A replica that lags may call a session gone that is there. */
  outcomeOf(error: unknown): "refused" | "unknown" {
    return !this.lags && isHarmless(error, this.isTroubled) ? "refused" : "unknown";
  }

  /** Whatever it waited for since `start` may not have taken longer than a commit and the calls around it. */
  checkTime(start: { readonly at: number }, what: string): void {
    const took = this.stage.world.now - start.at;
    if (took <= longestOperation || this.process.resumedAt >= start.at) return;
    this.stage.oracle.fail(`${this.name} waited ${Math.round(took)} ms for ${what}`);
  }

  /** Something is asked for now, or counts as of `since`. */
  begin(since?: Start): Fact {
    const { oracle } = this.stage;
    const fact = since ? { ...oracle.begin(), began: since.began } : oracle.begin();
    this.#open.add(fact);
    return fact;
  }

  settle(fact: Fact, outcome: "done" | "refused" | "unknown"): void {
    if (this.#open.delete(fact)) this.stage.oracle.settle(fact, outcome);
  }

  /** It works on a session of the store, whose idle limit may start again until this is over. */
  opens(id: string): void {
    this.isStored = true;
    this.knownAt = this.stage.world.moment;
    this.#sessionIds.add(id);
    this.#noteActivity();
  }

  /** An operation begins that commits by itself. */
  attempts(): Start {
    this.#attempted = this.stage.oracle.start();
    return this.#attempted;
  }

  /** A response was a success, so that the idle limit starts again, unless the store failed. */
  succeeded(): void {
    if (!this.hasCommitted || this.isTroubled) return;
    for (const session of this.#sessions()) session.activeSince = Math.max(session.activeSince, this.start.at);
  }

  #noteActivity(): void {
    const { now } = this.stage.world;
    for (const session of this.#sessions()) session.activeUntil = Math.max(session.activeUntil, now);
  }

  #sessions(): SessionFacts[] {
    const all = [...this.#sessionIds].map((id) => this.stage.oracle.sessions.get(id));
    return all.filter((session) => session !== undefined);
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

  saved(id: string): void {
    if (this.pending.length === 0) return;
    if (this.isStored || this.pending.some(({ isReason }) => isReason)) this.committed(id);
    // Nothing is left of what was set.
    else this.failed("unknown");
  }

  /** What it wrote there before will never be stored, but what belongs to the session itself may have gone along. */
  replace(isThere: (pending: Pending) => boolean, write: Pending): void {
    for (const one of this.pending.filter(isThere))
      this.settle(one.fact, one.key === undefined && this.hasCommitted ? "unknown" : "refused");
    this.pending = [...this.pending.filter((one) => !isThere(one)), write];
  }

  /** What is pending is durable now: all of it, or what goes with one key. */
  committed(id: string, key?: string): void {
    const { oracle } = this.stage;
    const own = this.pending.filter((one) => key === undefined || one.key === undefined || one.key === key);
    this.pending = this.pending.filter((one) => !own.includes(one));
    this.isStored = true;
    this.hasCommitted = true;
    this.committedAt = this.stage.world.now;
    if (key !== undefined || !own.every(isNothing)) this.viewedFrom = this.#attempted;
    const session = oracle.session(id, this.owner, { ...oracle.now(), began: this.start.began }, this.start.at);
    this.#sessionIds.add(id);
    for (const one of own) {
      const { fact, sessionId, move, withdrawal } = one;
      if (this.turns.includes(fact)) this.hasTurned = true;
      if (withdrawal) this.settle(withdrawal, "refused");
      const isSure = !this.lags || mustChange(one);
      if (sessionId === id) {
        checkFence(this, session, fact);
        this.settle(fact, isSure ? "done" : "unknown");
      } else {
        // A replica that lags does not show what was stored under the first id all the same.
        this.settle(fact, this.lags ? "unknown" : "refused");
        const again = { ...oracle.now(), began: fact.began };
        move(session, again);
      }
    }
    oracle.noteRevoked();
    this.knownAt = this.stage.world.moment;
  }

  failed(outcome: "refused" | "unknown"): void {
    for (const { fact, withdrawal, key } of this.pending.splice(0)) {
      // What belongs to the session itself went along with what was stored in between.
      const isSure = outcome === "refused" && (key !== undefined || !this.hasCommitted);
      this.settle(fact, isSure ? "refused" : "unknown");
      if (withdrawal) this.settle(withdrawal, "unknown");
    }
  }

  abandon(): void {
    for (const fact of this.#open) this.settle(fact, "unknown");
    this.pending = [];
    this.over();
  }

  over(): void {
    this.#noteActivity();
    this.stage.running.delete(this);
    for (const fact of this.#open) this.settle(fact, "unknown");
  }
}
