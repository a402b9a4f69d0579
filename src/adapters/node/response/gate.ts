import type { NodeResponse } from "../types.ts";
import { foldHead } from "./headers.ts";

type Method = "writeHead" | "write" | "end" | "flushHeaders";
/** The methods by which a response begins, and the one that cuts it off. */
export type Methods = Record<Method | "destroy", (...args: unknown[]) => unknown>;

/**
 * open: nothing was answered yet · held: calls wait for the commit · passing: calls go through · failed: the commit
 * failed, and what belongs to this answer is refused.
 */
export type GateState = "open" | "held" | "passing" | "failed";

/** Commits what the response waits for. Done: at once, and the gate is open. Waiting: the gate holds. */
export type Commit = (status: number) => "done" | "waiting";

interface Call {
  readonly method: Method;
  readonly args: unknown[];
}

/** Stands before a response and holds one answer back, in order, until it may leave. */
export class Gate {
  state: GateState = "open";
  /** `end` was called while calls were held. */
  isEnded = false;
  readonly #res: NodeResponse;
  readonly #original: Methods;
  readonly #commit: Commit;
  /** Why the answer before this one was refused; its author may still be writing. */
  #refusal: unknown;
  #calls: Call[] = [];
  #cut: (() => void) | undefined;
  #status = 0;
  #begunBy: Method | undefined;
  #bodyBegins: ((isWhole: boolean) => void) | undefined;

  constructor(res: NodeResponse, original: Methods, commit: Commit, refusal?: unknown) {
    this.#res = res;
    this.#original = original;
    this.#commit = commit;
    this.#refusal = refusal;
  }

  /** Whether the body comes whole, with `end`. After `writeHead` it is not known: nothing leaves before the call that follows. */
  isWhole(): boolean | undefined {
    return this.#begunBy === "writeHead" ? undefined : this.#begunBy === "end";
  }

  /** Whoever would write has to wait for 'drain'. While the body is awaited nobody has: the commit waits for them. */
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

  /** From here on calls go through. The status is the one that was committed, whatever was assigned to it since. */
  pass(): void {
    this.state = "passing";
    this.#res.statusCode = this.#status;
  }

  /** Makes the held calls. True: whoever is told to wait for 'drain' must be woken, because the response will not do it. */
  replay(): boolean {
    const calls = this.#calls;
    this.#calls = [];
    let isFlowing: unknown = true;
    for (const { method, args } of calls) {
      const result = this.#apply(method, args);
      if (method === "write") isFlowing = result;
    }
    return isFlowing !== false && !this.isEnded;
  }

  /** Drops the held calls and all that follow; their callbacks are told why. */
  refuse(error: unknown): void {
    this.state = "failed";
    this.#refusal = error;
    for (const { method, args } of this.#calls) this.#drop(method, args);
    this.#calls = [];
    this.#cut = undefined;
  }

  /**
   * Whoever cuts off a response that has begun takes for granted that what was written is on its way, so that waits for
   * what is held: Express, for one, closes the socket when a handler throws after it has answered.
   */
  destroy(args: unknown[]): unknown {
    const cut = (): unknown => Reflect.apply(this.#original.destroy, this.#res, args);
    if (this.state !== "held") return cut();
    this.cutLater(cut);
    return this.#res;
  }

  /** Keeps a cut for after the held calls, and the first one of several. A refused answer takes it along. */
  cutLater(cut: () => void): void {
    this.#cut ??= cut;
    this.#tellBody(false);
  }

  /** Makes the cut that was kept: at once in the middle of an answer, else when the whole of it has left. */
  cut(): void {
    const cut = this.#cut;
    this.#cut = undefined;
    if (!cut) return;
    if (this.isEnded && !this.#res.writableFinished) this.#res.once("finish", cut);
    else cut();
  }

  call(method: Method, args: unknown[]): unknown {
    // After a failed commit its handler may go on writing when the error response is long over.
    const isStray = this.#refusal !== undefined && this.#res.writableEnded;
    if (isStray || this.state === "failed") return this.#drop(method, args);
    if (this.state === "passing") return this.#apply(method, args);
    return this.#hold(method, args);
  }

  writeHead(args: unknown[]): unknown {
    if (this.state === "passing") return this.#apply("writeHead", args);
    if (this.state === "held") throw headersSent("write");
    if (this.state === "failed") return this.#drop("writeHead", args);
    const status = foldHead(this.#res, args);
    return status === undefined ? this.#apply("writeHead", args) : this.#hold("writeHead", [status]);
  }

  /** As Node does, by the outermost writeHead: `compression` decides there whether what is written next is compressed. */
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
      this.#tellBody(method === "end");
    }
    // Dropped, because the response did not say that it was ended: Node would end the process with an error of its own.
    if (this.isEnded) return this.#drop(method, args, this.#refusal ?? afterEnd());
    this.#calls.push({ method, args });
    if (method === "end") this.isEnded = true;
    return this.#result(method);
  }

  #tellBody(isWhole: boolean): void {
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

/** The error that Node throws for a change that comes too late. */
export function headersSent(change: string): Error {
  const error = new Error(`Cannot ${change} headers after they are sent to the client`);
  return Object.assign(error, { code: "ERR_HTTP_HEADERS_SENT" });
}

const afterEnd = (): Error => Object.assign(new Error("write after end"), { code: "ERR_STREAM_WRITE_AFTER_END" });
