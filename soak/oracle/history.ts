import type { Deed, Outcome, Result } from "../protocol.ts";
import { idOf } from "../workload/admin-operations.ts";
import { sentence } from "./format.ts";
import { SessionBook } from "./session-history.ts";
import { Sweeps } from "./user-revocations.ts";

export interface Operation {
  readonly deed: Deed;
  readonly began: number;
}

interface TokenBook {
  readonly id: string;
  /** The first attempt to replace it began then. */
  replaceBegan: number;
  /** It was acknowledged then that another one took its place. */
  replaced: number;
  found: number;
  missed: number;
}

/** How late or early the end of a session may seem by clocks that are compared through a slow network. */
const clockTolerance = 3_000;
const mostViolations = 40;

/**
 * What was acknowledged, on one store, and all that contradicts it. Lines of several processes come in any order, so the
 * rules compare the times in them, not the order.
 */
export class Books {
  readonly outcomes: Record<Outcome, number> = { done: 0, nothing: 0, refused: 0, unknown: 0 };
  readonly violations: Set<string> = new Set();
  readonly sessions: Map<string, SessionBook> = new Map();
  readonly tokens: Map<string, TokenBook> = new Map();
  readonly minted: Set<string> = new Set();
  readonly #listed = new Set<string>();
  readonly #sweeps = new Sweeps();

  violation(text: string): void {
    if (this.violations.size < mostViolations) this.violations.add(text);
  }

  begin(operation: Operation): void {
    const { deed, began } = operation;
    const { act, token = "", user = "", except } = deed;
    const session = this.#sessionOf(deed);
    if (act === "login" || act === "regenerate") {
      const book = this.tokens.get(token);
      if (book) book.replaceBegan = Math.min(book.replaceBegan, began);
      session?.renews(began);
    }
    if (act === "login" && session) this.#signsIn(session, user, began);
    if (act === "flash" && deed.value !== undefined) session?.flashed(deed.value, began);
    if (session && (act === "destroy" || act === "revoke")) session.endBegan = Math.min(session.endBegan, began);
    if (act === "revokeAll") {
      this.#sweeps.begin(user, began, except);
    }
  }

  end(operation: Operation, result: Result, at: number): void {
    const { deed, began } = operation;
    const { act, token } = deed;
    const { outcome, given } = result;
    this.outcomes[outcome]++;
    const presented = this.#sessionOf(deed);
    // A login that finds its session gone makes another one.
    const session = given === undefined ? presented : this.#given(given, deed, began);
    if (session === presented && session) {
      if (outcome === "done" && act !== "revoke") this.#found(session, token, began);
      if (outcome === "nothing" && act === "edit") session.lostEdit(began, at);
      else if (outcome === "nothing") this.#missed(session, token, at);
    }
    if (act === "login" || act === "regenerate") presented?.renewed(began, outcome, at);
    for (const one of new Set([presented, session])) one?.happened(sentence(operation, result, at));
    if (session) this.#keep(session, operation, result, at);
    if (act === "revokeAll") this.#sweeps.end(deed.user ?? "", began, outcome, at);
    if (act === "list" && outcome === "done") this.#saw(deed.user ?? "", result.texts ?? [], began, at);
  }

  /** A worker died in the midst of it. */
  abandon(operation: Operation, at: number): void {
    this.end(operation, { outcome: "unknown" }, at);
  }

  /** When this session was acknowledged to be over, if it was. */
  endOf(session: SessionBook): number {
    return Math.min(session.ended, this.#sweeps.endOf(session));
  }

  /** Whether somebody may have ended it before that moment. */
  mayHaveEnded(session: SessionBook, before: number): boolean {
    return session.endBegan < before || this.#sweeps.mayHaveEnded(session, before);
  }

  /** What was done to those sessions that a violation names. */
  histories(): string[] {
    const texts = [...this.violations];
    const concerned = [...this.sessions.values()].filter(({ id }) => texts.some((text) => text.includes(id)));
    return concerned.map(({ id, history }) => [`the last of session ${id}:`, ...history].join("\n    "));
  }

  /** Once all lines have come. */
  auditMinted(): void {
    for (const id of this.#listed) {
      if (!this.minted.has(id)) this.violation(`session ${id} was listed, and nobody had made it`);
    }
  }

  #sessionOf({ token, id }: Deed): SessionBook | undefined {
    return this.sessions.get(id ?? (token === undefined ? "" : idOf(token)));
  }

  #given(token: string, deed: Deed, began: number): SessionBook {
    const id = idOf(token);
    const session = this.sessions.get(id) ?? new SessionBook(id);
    this.sessions.set(id, session);
    const never = { replaceBegan: Number.POSITIVE_INFINITY, replaced: Number.POSITIVE_INFINITY };
    const times = { found: Number.NEGATIVE_INFINITY, missed: Number.POSITIVE_INFINITY };
    if (!this.tokens.has(token)) this.tokens.set(token, { id, ...never, ...times });
    if (deed.user !== undefined) this.#signsIn(session, deed.user, began);
    return session;
  }

  #signsIn(session: SessionBook, user: string, began: number): void {
    session.user = user;
    session.loginBegan = Math.min(session.loginBegan, began);
  }

  #found(session: SessionBook, token: string | undefined, began: number): void {
    session.found = Math.max(session.found, began);
    const book = this.tokens.get(token ?? "");
    if (book) book.found = Math.max(book.found, began);
  }

  /** That a token opens nothing says something of the session only if the token was not replaced. */
  #missed(session: SessionBook, token: string | undefined, at: number): void {
    const book = this.tokens.get(token ?? "") ?? session;
    book.missed = Math.min(book.missed, at);
  }

  #keep(session: SessionBook, { deed, began }: Operation, result: Result, at: number): void {
    const { act, key, value, token, user, lifetime } = deed;
    const { outcome } = result;
    const isDone = outcome === "done";
    const report = (problem: string | undefined): void => {
      if (problem !== undefined) this.violation(`session ${session.id}: ${problem}`);
    };
    if (key !== undefined && value !== undefined) session.key(key).wrote(value, outcome, began);
    if (isDone && user !== undefined) session.signedIn = Math.min(session.signedIn, at);
    if (lifetime !== undefined) {
      session.endBegan = Math.min(session.endBegan, began);
      session.ended = Math.min(session.ended, at + lifetime + clockTolerance);
    }
    const presented = this.tokens.get(token ?? "");
    switch (act) {
      case "login":
      case "regenerate":
        if (!isDone || presented?.id !== session.id) break;
        if (result.given === undefined) report(`an acknowledged ${act} gave the visitor no new token`);
        presented.replaced = Math.min(presented.replaced, at);
        break;
      case "count":
      case "edit":
        report(session.counted(outcome, result.number));
        break;
      case "flash":
        session.flashed(value ?? "", began, outcome);
        break;
      case "flashes":
        if (outcome === "unknown") session.mayHaveDelivered(at);
        for (const text of result.texts ?? []) report(session.delivered(text));
        break;
      case "take":
        if (outcome === "unknown") session.key(key ?? "").mayHaveTaken(at);
        if (typeof result.text === "string") report(session.key(key ?? "").took(result.text));
        break;
      case "look":
        if (isDone) report(session.key(key ?? "").problemWith(result.text ?? undefined));
        break;
      case "destroy":
      case "revoke":
        if (isDone) session.ended = Math.min(session.ended, at);
    }
  }

  #saw(user: string, ids: readonly string[], began: number, at: number): void {
    const listed = new Set(ids);
    for (const id of listed) {
      this.#listed.add(id);
      const session = this.sessions.get(id);
      if (session) session.found = Math.max(session.found, began);
    }
    for (const session of this.sessions.values()) {
      const isExpected = session.user === user && session.signedIn < began && !listed.has(session.id);
      if (isExpected) session.unlisted = Math.min(session.unlisted, at);
    }
  }
}
