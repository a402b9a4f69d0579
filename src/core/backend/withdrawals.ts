import type { Awaitable } from "../../types/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { SessionStore, StoredRecord } from "../../types/store.ts";
import { removeRecord } from "../commit/remove-record.ts";
import { run } from "../language/flow.ts";
import { fromRecord } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { canSharePromises } from "../runtime/platform.ts";
import { askStore } from "../runtime/store-call.ts";

/** Since the last look, in milliseconds: what the store was asked to do may still happen after it was given up. */
const looks = [0, 1_000, 10_000, 60_000];
/** How long to leave a store alone that failed, in milliseconds: twice as long each time. */
const shortest = 250;
const longest = 30_000;
/** How long, and for how many sessions at once, this is worth trying. */
const tryFor = 3_600_000;
const maxPending = 10_000;

interface Withdrawal {
  readonly hash: string;
  readonly since: number;
  looks: number;
  due: number;
}

/**
 * Deletes sessions whose token no client has: created, or signed in to, by a request that failed afterwards. Such a record
 * would count for its user until its limits end it. One at a time, in the background, as long as the process lives.
 */
export class Withdrawals {
  readonly #context: ManagerContext;
  readonly #store: SessionStore;
  readonly #pending = new Map<string, Withdrawal>();
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pause = shortest;
  /** A store that failed is left alone until then. */
  #restsUntil = 0;

  constructor(context: ManagerContext, store: SessionStore) {
    this.#context = context;
    this.#store = store;
  }

  /** True for a session that is about to be taken back, and counts for nothing. */
  has(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Deletes the session, now or later, if this is the hash of its secret. */
  add(id: string, hash: string | undefined): Awaitable<void> {
    if (hash === undefined) return;
    const now = performance.now();
    // Where nothing goes on after the response, once has to do.
    if (!canSharePromises) return this.#lookOnce(id, hash);
    if (this.#pending.size >= maxPending) return this.#giveUp(id);
    this.#pending.set(id, { hash, since: now, looks: 0, due: now });
    this.#schedule();
  }

  /** Tries once more what is left, until the store fails. Nothing is tried after it. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
    for (const one of this.#pending.values()) one.due = 0;
    await this.#run();
    for (const [id, one] of this.#pending) if (one.looks === 0) this.#giveUp(id);
    this.#pending.clear();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#running || this.#pending.size === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (const { due } of this.#pending.values()) next = Math.min(next, due);
    this.#timer = setTimeout(this.#start, Math.max(0, Math.max(next, this.#restsUntil) - performance.now()));
    (this.#timer as { unref?: () => void }).unref?.();
  }

  readonly #start = (): void => {
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#schedule();
    });
  };

  async #run(): Promise<void> {
    for (const [id, one] of this.#pending) {
      const now = performance.now();
      if (one.due > now) continue;
      try {
        const isOver = await this.#look(id, one.hash);
        this.#pause = shortest;
        const wait = looks[++one.looks];
        if (isOver || wait === undefined) this.#pending.delete(id);
        else one.due = now + wait;
      } catch {
        this.#restsUntil = now + this.#pause;
        this.#pause = Math.min(longest, this.#pause * 2);
        if (now - one.since < tryFor) return;
        this.#giveUp(id);
      }
    }
  }

  async #lookOnce(id: string, hash: string): Promise<void> {
    await this.#look(id, hash).catch(() => undefined);
  }

  /** True: nothing can come any more. @throws SessionError when the store fails */
  async #look(id: string, hash: string): Promise<boolean> {
    const key = { namespace: this.#context.config.namespace, id };
    const now = this.#context.clock.now();
    const record = await askStore(this.#context, "read", (call) => this.#store.read(key, now, call));
    if (!record) return false;
    // The attempt that this is about may still be under way.
    if (!isOf(record, hash)) return false;
    if (await run(removeRecord(this.#context, this.#store, id))) this.#context.emit({ type: "destroyed", id });
    return true;
  }

  #giveUp(id: string): void {
    this.#pending.delete(id);
    this.#context.emit({
      type: "warning",
      code: "SESSION_LEFT_BEHIND",
      message: `Session ${id} may be in the store although nobody has its token, because the store failed when it was made and since. It counts for its user until its limits end it, or until revoke(id).`,
    });
  }
}

function isOf(record: StoredRecord, hash: string): boolean {
  try {
    return fromRecord(record).control.hash === hash;
  } catch (error) {
    if (SessionError.is(error)) return false;
    throw error;
  }
}
