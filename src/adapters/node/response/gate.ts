import type { NodeResponse } from "../types.ts";
import { afterEnd, headersSent } from "./errors.ts";
import { applyHead } from "./headers.ts";

type Method = "writeHead" | "write" | "end" | "flushHeaders";
/** The methods that start a response, and the one that aborts it. */
export type Methods = Record<Method | "destroy", (...args: unknown[]) => unknown>;

/**
 * open: nothing written yet · held: calls wait for the commit · passing: calls go through · failed: calls are discarded
 */
export type GateState = "open" | "held" | "passing" | "failed";

/** Commits the sessions. "done": it was synchronous, and the gate passes. "waiting": the gate holds. */
export type Commit = (status: number) => "done" | "waiting";

/** Called before a body that was written in parts ends. The end waits for the promise, which must not reject. */
export type BeforeEnd = () => Promise<unknown> | undefined;

interface Call {
  readonly method: Method;
  readonly args: unknown[];
}

/** Buffers the calls that write a response until it may be sent, then replays them in order. */
export class Gate {
  state: GateState = "open";
  /** `end` was called while calls were held. */
  isEnded = false;
  readonly #res: NodeResponse;
  readonly #original: Methods;
  readonly #commit: Commit;
  #beforeEnd: BeforeEnd | undefined;
  /** Why the response before this one was discarded. Its handler may still be writing. */
  #refusal: unknown;
  #calls: Call[] = [];
  #cut: (() => void) | undefined;
  #status = 0;
  #begunBy: Method | undefined;
  #bodyBegins: ((isWhole: boolean) => void) | undefined;

  constructor(res: NodeResponse, original: Methods, commit: Commit, beforeEnd?: BeforeEnd, refusal?: unknown) {
    this.#res = res;
    this.#original = original;
    this.#commit = commit;
    this.#beforeEnd = beforeEnd;
    this.#refusal = refusal;
  }

  /** Whether the body arrives complete, with `end`. Unknown after `writeHead`: nothing is sent before the next call. */
  isWhole(): boolean | undefined {
    return this.#begunBy === "writeHead" ? undefined : this.#begunBy === "end";
  }

  /** True while writers must wait for 'drain'. False while the commit itself waits for the body. */
  get needsDrain(): boolean {
    return !this.isEnded && this.#bodyBegins === undefined;
  }

  whenKnown(): Promise<boolean> {
    return new Promise((resolve) => {
      const others = this.#bodyBegins;
      this.#bodyBegins = (isWhole) => {
        others?.(isWhole);
        resolve(isWhole);
      };
    });
  }

  hold(): void {
    this.state = "held";
  }

  /** Lets calls go through. Restores the status that was committed, whatever was assigned since. */
  pass(): void {
    this.state = "passing";
    this.#res.statusCode = this.#status;
  }

  /** Replays the held calls. Returns true if 'drain' must be emitted here, because the response will not do it. */
  replay(): boolean {
    const calls = this.#calls;
    this.#calls = [];
    let isFlowing: unknown = true;
    for (const { method, args } of calls) {
      const result = this.#pass(method, args);
      if (method === "write") isFlowing = result;
    }
    return isFlowing !== false && !this.isEnded;
  }

  /** Drops the held calls and all later ones. Their callbacks receive the error. */
  refuse(error: unknown): void {
    this.state = "failed";
    this.#refusal = error;
    for (const { method, args } of this.#calls) this.#drop(method, args);
    this.#calls = [];
    this.#cut = undefined;
  }

  /**
   * Callers that destroy a response assume that earlier writes have been sent, so this waits for the held calls.
   * Express, for example, destroys the socket when a handler throws after it has responded.
   */
  destroy(args: unknown[]): unknown {
    const cut = (): unknown => Reflect.apply(this.#original.destroy, this.#res, args);
    if (this.state !== "held") return cut();
    this.destroyLater(cut);
    return this.#res;
  }

  /** Schedules a destroy for after the held calls. Keeps the first of several; `refuse` drops it. */
  destroyLater(cut: () => void): void {
    this.#cut ??= cut;
    this.#resolveBody(false);
  }

  /** Runs the scheduled destroy: at once if the response has not ended, else when all of it is sent. */
  cut(): void {
    const cut = this.#cut;
    this.#cut = undefined;
    if (!cut) return;
    if (this.isEnded && !this.#res.writableFinished) this.#res.once("finish", cut);
    else cut();
  }

  call(method: Method, args: unknown[]): unknown {
    // After a failed commit, its handler may still write when the error response has long ended.
    const isStray = this.#refusal !== undefined && this.#res.writableEnded;
    if (isStray || this.state === "failed") return this.#drop(method, args);
    if (this.state === "passing") return this.#pass(method, args);
    return this.#hold(method, args);
  }

  #pass(method: Method, args: unknown[]): unknown {
    if (method !== "end" || this.#begunBy === "end") return this.#apply(method, args);
    const waiting = this.#beforeEnd?.();
    this.#beforeEnd = undefined;
    if (!waiting) return this.#apply(method, args);
    this.state = "held";
    this.isEnded = true;
    void waiting.then(() => {
      this.state = "passing";
      this.#apply(method, args);
      this.cut();
    });
    return this.#res;
  }

  writeHead(args: unknown[]): unknown {
    if (this.state === "passing") return this.#apply("writeHead", args);
    if (this.state === "held") throw headersSent("write");
    if (this.state === "failed") return this.#drop("writeHead", args);
    const status = applyHead(this.#res, args);
    return status === undefined ? this.#apply("writeHead", args) : this.#hold("writeHead", [status]);
  }

  /** Calls the outermost writeHead, as Node does: `compression` decides there whether to compress later writes. */
  flushHeaders(): unknown {
    if (this.state === "open") this.#res.writeHead(this.#res.statusCode);
    return this.call("flushHeaders", []);
  }

  #hold(method: Method, args: unknown[]): unknown {
    if (this.state === "open") {
      this.#status = this.#res.statusCode;
      this.#begunBy = method;
      if (this.#commit(this.#status) === "done") return this.#apply(method, args);
    } else {
      this.#resolveBody(method === "end");
    }
    // Drop it: a held response does not look ended, and Node would crash the process with an error of its own.
    if (this.isEnded) return this.#drop(method, args, this.#refusal ?? afterEnd());
    this.#calls.push({ method, args });
    if (method === "end") this.isEnded = true;
    return this.#result(method);
  }

  #resolveBody(isWhole: boolean): void {
    this.#bodyBegins?.(isWhole);
    this.#bodyBegins = undefined;
  }

  #drop(method: Method, args: unknown[], reason = this.#refusal): unknown {
    const callback = args.find((arg) => typeof arg === "function");
    if (callback) process.nextTick(callback as (error: unknown) => void, reason);
    return this.#result(method);
  }

  #apply(method: Method, args: unknown[]): unknown {
    return Reflect.apply(this.#original[method], this.#res, args);
  }

  #result(method: Method): unknown {
    if (method === "write") return false;
    return method === "flushHeaders" ? undefined : this.#res;
  }
}
