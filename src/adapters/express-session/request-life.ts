import { callBack } from "../../core/language/callback.ts";
import type { Outcome } from "../../types/outcome.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import type { Next, NodeResponse } from "../node/types.ts";
import { type Plan, planOf } from "./plan.ts";
import { isSecure } from "./request-facts.ts";
import { type Secret, sign } from "./signature.ts";
import type { Tracker } from "./tracker.ts";
import type { SessionRequest } from "./types.ts";

/** Stores the session of one request before its response leaves. */
export class RequestLife {
  readonly #req: SessionRequest;
  readonly #res: NodeResponse;
  readonly #tracker: Tracker;
  readonly #secret: Secret;
  readonly #next: Next;

  constructor(req: SessionRequest, res: NodeResponse, tracker: Tracker, secret: Secret, next: Next) {
    this.#req = req;
    this.#res = res;
    this.#tracker = tracker;
    this.#secret = secret;
    this.#next = next;
  }

  /** Nothing to do for a response that has replaced one whose session could not be stored. */
  commit({ error }: Outcome): HeaderEdit[] | Promise<HeaderEdit[]> {
    if (error !== undefined) return [];
    try {
      // A held response says that its headers are sent.
      const plan = this.#res.headersSent ? { ...this.#plan(), cookie: "keep" as const } : this.#plan();
      const { session } = this.#req;
      if (session && typeof this.#req.sessionID === "string") session.touch();
      const { failClosed } = this.#tracker.config;
      const storing = this.#store(plan);
      const work = failClosed ? storing : this.#reported(storing);
      return work ? work.then(() => this.#edits(plan)) : this.#edits(plan);
    } catch (failure) {
      return Promise.reject(failure);
    }
  }

  /** Stores what the handler changed after the beginning of a response that it writes in parts. */
  atEnd(): Promise<void> | undefined {
    try {
      const { row } = this.#plan();
      return row === "touch" ? undefined : this.#reported(this.#store({ row }));
    } catch (failure) {
      this.#report(failure);
      return undefined;
    }
  }

  #plan(): Plan {
    return planOf(this.#req, this.#tracker);
  }

  #store({ row }: Pick<Plan, "row">): Promise<unknown> | undefined {
    const { session, sessionID = "" } = this.#req;
    const { store } = this.#tracker.config;
    if (row === "save") return callBack((done) => session!.save(done));
    if (row === "touch" && typeof store.touch === "function") {
      return callBack((done) => store.touch?.(sessionID, session!, done));
    }
    if (row !== "destroy") return undefined;
    this.#tracker.destroyedId = sessionID;
    return callBack((done) => store.destroy(sessionID, done));
  }

  #reported(work: Promise<unknown> | undefined): Promise<void> | undefined {
    return work?.then(
      () => undefined,
      (error) => this.#report(error),
    );
  }

  #edits({ cookie: action }: Plan): HeaderEdit[] {
    const { session, sessionID = "" } = this.#req;
    const { name, proxy } = this.#tracker.config;
    const cookie = action === "send" ? session?.cookie : this.#tracker.cookie;
    if (action === "keep" || !cookie) return [];
    if (cookie.secure && !isSecure(this.#req, proxy)) return [];
    try {
      const value = action === "send" ? cookie.serialize(name, sign(sessionID, this.#secret)) : cookie.clear(name);
      return [{ kind: "cookie", name, value }];
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  /** Tells the application when the response has left, as express-session does: it can no longer be another one. */
  #report(error: unknown): void {
    const tell = (): void => this.#next(error);
    if (this.#res.writableFinished || this.#res.destroyed) setImmediate(tell);
    else this.#res.once("close", tell);
  }
}
