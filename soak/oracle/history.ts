import type { Operation, Outcome, Result } from "../protocol.ts";
import { idOf } from "../workload/admin-operations.ts";
import { sentence } from "./format.ts";
import { SessionHistory } from "./session-history.ts";
import type { StartedOperation } from "./started-operation.ts";
import { UserRevocations } from "./user-revocations.ts";

interface TokenHistory {
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
export class History {
  readonly outcomes: Record<Outcome, number> = { done: 0, nothing: 0, refused: 0, unknown: 0 };
  readonly violations: Set<string> = new Set();
  readonly sessions: Map<string, SessionHistory> = new Map();
  readonly tokens: Map<string, TokenHistory> = new Map();
  readonly minted: Set<string> = new Set();
  readonly #listed = new Set<string>();
  readonly #revocations = new UserRevocations();

  violation(text: string): void {
    if (this.violations.size < mostViolations) this.violations.add(text);
  }

  begin(started: StartedOperation): void {
    const { operation, began } = started;
    const { action, token = "", user = "", except } = operation;
    const session = this.#sessionOf(operation);
    if (action === "login" || action === "regenerate") {
      const entry = this.tokens.get(token);
      if (entry) entry.replaceBegan = Math.min(entry.replaceBegan, began);
      session?.renews(began);
    }
    if (action === "login" && session) this.#signsIn(session, user, began);
    if (action === "flash" && operation.value !== undefined) session?.flashed(operation.value, began);
    if (session && (action === "destroy" || action === "revoke")) session.endBegan = Math.min(session.endBegan, began);
    if (action === "revokeAll") {
      this.#revocations.begin(user, began, except);
    }
  }

  end(started: StartedOperation, result: Result, at: number): void {
    const { operation, began } = started;
    const { action, token } = operation;
    const { outcome, given } = result;
    this.outcomes[outcome]++;
    const presented = this.#sessionOf(operation);
    // A login that finds its session gone makes another one.
    const session = given === undefined ? presented : this.#given(given, operation, began);
    if (session === presented && session) {
      if (outcome === "done" && action !== "revoke") this.#found(session, token, began);
      if (outcome === "nothing" && action === "edit") session.lostEdit(began, at);
      else if (outcome === "nothing") this.#missed(session, token, at);
    }
    if (action === "login" || action === "regenerate") presented?.renewed(began, outcome, at);
    for (const one of new Set([presented, session])) one?.happened(sentence(started, result, at));
    if (session) this.#keep(session, started, result, at);
    if (action === "revokeAll") this.#revocations.end(operation.user ?? "", began, outcome, at);
    if (action === "list" && outcome === "done") this.#saw(operation.user ?? "", result.texts ?? [], began, at);
  }

  /** A worker died in the midst of it. */
  abandon(started: StartedOperation, at: number): void {
    this.end(started, { outcome: "unknown" }, at);
  }

  /** When this session was acknowledged to be over, if it was. */
  endOf(session: SessionHistory): number {
    return Math.min(session.ended, this.#revocations.endOf(session));
  }

  /** Whether a request may have ended it before that moment. */
  mayHaveEnded(session: SessionHistory, before: number): boolean {
    return session.endBegan < before || this.#revocations.mayHaveEnded(session, before);
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
      if (!this.minted.has(id)) this.violation(`session ${id} was listed, although no request created it`);
    }
  }

  #sessionOf({ token, id }: Operation): SessionHistory | undefined {
    return this.sessions.get(id ?? (token === undefined ? "" : idOf(token)));
  }

  #given(token: string, operation: Operation, began: number): SessionHistory {
    const id = idOf(token);
    const session = this.sessions.get(id) ?? new SessionHistory(id);
    this.sessions.set(id, session);
    const never = { replaceBegan: Number.POSITIVE_INFINITY, replaced: Number.POSITIVE_INFINITY };
    const times = { found: Number.NEGATIVE_INFINITY, missed: Number.POSITIVE_INFINITY };
    if (!this.tokens.has(token)) this.tokens.set(token, { id, ...never, ...times });
    if (operation.user !== undefined) this.#signsIn(session, operation.user, began);
    return session;
  }

  #signsIn(session: SessionHistory, user: string, began: number): void {
    session.user = user;
    session.loginBegan = Math.min(session.loginBegan, began);
  }

  #found(session: SessionHistory, token: string | undefined, began: number): void {
    session.found = Math.max(session.found, began);
    const entry = this.tokens.get(token ?? "");
    if (entry) entry.found = Math.max(entry.found, began);
  }

  /** That a token opens nothing says something of the session only if the token was not replaced. */
  #missed(session: SessionHistory, token: string | undefined, at: number): void {
    const entry = this.tokens.get(token ?? "") ?? session;
    entry.missed = Math.min(entry.missed, at);
  }

  #keep(session: SessionHistory, { operation, began }: StartedOperation, result: Result, at: number): void {
    const { action, key, value, token, user, lifetime } = operation;
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
    switch (action) {
      case "login":
      case "regenerate":
        if (!isDone || presented?.id !== session.id) break;
        if (result.given === undefined) report(`an acknowledged ${action} gave the visitor no new token`);
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
