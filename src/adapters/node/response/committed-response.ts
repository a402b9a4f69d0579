import { combineErrors, statusOf } from "../../../core/http/error-response.ts";
import { editHeaders, type HeaderTarget } from "../../../core/http/header-edits.ts";
import { isPromise } from "../../../crypto/awaitable.ts";
import type { Outcome, PendingResponse } from "../../../types/outcome.ts";
import type { HeaderEdit } from "../../../types/transport.ts";
import type { Next, NodeResponse } from "../types.ts";
import { holdConnection } from "./connection.ts";
import { Gate, type Methods } from "./gate.ts";
import { patch, patchAgain } from "./gate-methods.ts";
import { clearResponse, headersOf } from "./headers.ts";
import { type GateHolder, reportAsSent } from "./held-view.ts";
import { PipedSources } from "./piped-sources.ts";
import { responseKey, type SharedGateHolder, sharedMethods } from "./shared-prototype.ts";

/** The part of an open session that a response needs. */
interface Committable {
  commit(outcome: Outcome): HeaderEdit[] | Promise<HeaderEdit[]>;
  /** Called when a body that was written in parts ends: its handler may have gone on. Does not reject. */
  atEnd?(): Promise<void> | undefined;
}

interface Member {
  readonly session: Committable;
  /** The response headers from its commit; absent until the commit succeeds. */
  edits?: HeaderEdit[];
  error?: unknown;
}

type Patched = NodeResponse & { [responseKey]?: CommittedResponse };

/**
 * Delays this response until the session's changes are durable. If they cannot be stored, discards the response and
 * calls `next` with the error. Several sessions can share one response.
 */
export function commitBeforeResponse(res: Patched, session: Committable, next: Next): void {
  res[responseKey] ??= new CommittedResponse(res);
  res[responseKey].add(session, next);
}

/** Returns whether `end` was called, even if its data still waits for the commit. */
export const hasEnded = (res: Patched): boolean => res.writableEnded || res[responseKey]?.gate.isEnded === true;

class CommittedResponse implements GateHolder, SharedGateHolder, PendingResponse {
  readonly #res: NodeResponse;
  readonly #original: Methods;
  readonly #sources: PipedSources;
  readonly #members: Member[] = [];
  #next: Next | undefined;
  gate: Gate;
  readonly sharedGate: Gate | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(res: NodeResponse) {
    this.#res = res;
    const shared = sharedMethods(res);
    const { writeHead, write, end, flushHeaders, destroy } = res as unknown as Methods;
    this.#original = shared ?? { writeHead, write, end, flushHeaders, destroy };
    this.#sources = new PipedSources(res);
    this.gate = new Gate(
      res,
      this.#original,
      (status) => this.#commit(status),
      () => this.#beforeEnd(),
    );
    if (shared) this.sharedGate = this.gate;
    else patch(res, this.gate);
  }

  add(session: Committable, next: Next): void {
    this.#members.push({ session });
    this.#next = next;
  }

  #commit(status: number): "done" | "waiting" {
    const outcome: Outcome = { status, error: this.#failure?.error, response: this };
    const running: Promise<void>[] = [];
    for (const member of this.#members) {
      if (member.edits) continue;
      const edits = member.session.commit(outcome);
      if (isPromise(edits)) running.push(this.#finished(member, edits));
      else member.edits = edits;
    }
    if (running.length === 0) {
      this.#open();
      return "done";
    }
    if (!this.#failure && !this.sharedGate) reportAsSent(this.#res, this);
    this.gate.hold();
    holdConnection(this.#res, this.gate);
    void Promise.all(running).then(() => this.#settle());
    return "waiting";
  }

  #beforeEnd(): Promise<unknown> | undefined {
    const running = this.#members.flatMap(({ session }) => session.atEnd?.() ?? []);
    return running.length > 0 ? Promise.all(running) : undefined;
  }

  get headers(): HeaderTarget {
    return headersOf(this.#res);
  }

  isWhole(): boolean | undefined {
    return this.gate.isWhole();
  }

  whenKnown(): Promise<boolean> {
    return this.gate.whenKnown();
  }

  isOver(): boolean {
    return this.gate.state === "passing" && this.#res.writableEnded;
  }

  async #finished(member: Member, edits: Promise<HeaderEdit[]>): Promise<void> {
    try {
      member.edits = await edits;
    } catch (error) {
      member.error = error;
    }
  }

  #settle(): void {
    const errors = this.#members.flatMap((member) => (member.edits ? [] : [member.error]));
    // The error response to a failed commit is sent, even if another commit fails.
    if (errors.length === 0 || this.#failure) this.#release();
    else this.#fail(errors.length === 1 ? errors[0] : combineErrors(errors));
  }

  #open(): void {
    this.gate.pass();
    for (const { edits = [] } of this.#members) {
      if (edits.length > 0) editHeaders(this.headers, edits);
    }
  }

  #release(): void {
    try {
      this.#open();
      if (this.gate.replay()) this.#sources.drain();
      this.gate.cut();
    } catch (error) {
      this.#replayFailed(error);
    }
  }

  /** Handles an error that Node threw for a held call. It is too late to throw it to the caller. */
  #replayFailed(error: unknown): void {
    if (this.#failure) this.#res.destroy(error as Error);
    else if (this.#res.headersSent) this.#next?.(error);
    else this.#fail(error);
  }

  /**
   * Discards the response and lets the application respond to the error, through a new gate above all other patches.
   */
  #fail(error: unknown): void {
    this.#failure = { error };
    this.gate.refuse(error);
    this.#sources.cut();
    clearResponse(this.#res, statusOf(error));
    this.gate = new Gate(this.#res, this.#original, (status) => this.#commit(status), undefined, error);
    patchAgain(this.#res, this.gate);
    this.#next?.(error);
  }
}
