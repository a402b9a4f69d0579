import type { SessionStore, StoredRecord } from "../../types/store.ts";
import { sqlStore } from "../sql/store.ts";
import { sqliteDialect } from "../sqlite/schema.ts";
import { type DurableObjectState, type ShardClient, shardClient } from "./sql.ts";
import { answerTo, type Operation, type Question } from "./wire.ts";

const table = "coatcheck_sessions";
const batch = 1_000;
/** Milliseconds. Hosts whose clocks disagree by less lose no session. */
const margin = 5 * 60_000;
/** Milliseconds between two prunings, at least. */
const pause = 10 * 60_000;
/** Milliseconds. There is an end to the times that alarms can be set to. */
const longest = 30 * 24 * 60 * 60_000;

/** Holds the sessions of one shard. Export it from the worker, and bind it as a class with SQLite storage. */
export class SessionShard {
  /** What the types that wrangler generates know the class of a Durable Object by. */
  declare readonly __DURABLE_OBJECT_BRAND: never;
  readonly #state: DurableObjectState;
  readonly #client: ShardClient;
  readonly #store: SessionStore;
  /** When it goes off. */
  #alarm = Number.POSITIVE_INFINITY;

  constructor(state: DurableObjectState) {
    this.#state = state;
    this.#client = shardClient(state, sqliteDialect, table);
    const connect = async (): Promise<ShardClient> => this.#client;
    this.#store = sqlStore({ name: "durable-object", dialect: sqliteDialect, table: { table }, connect });
    void state.blockConcurrencyWhile(async () => {
      this.#alarm = (await state.storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
    });
  }

  fetch(request: Request): Promise<Response> {
    return answerTo(async () => {
      const { operation, values } = (await request.json()) as Question;
      const result = await (this.#store[operation] as (...values: readonly unknown[]) => Promise<unknown>)(...values);
      const deadline = result === true ? deadlineOf(operation, values) : undefined;
      if (deadline !== undefined) await this.#wakeAfter(deadline);
      return result;
    });
  }

  /** Deletes what has expired, and sleeps until there is more to delete. */
  async alarm(): Promise<void> {
    this.#alarm = Number.POSITIVE_INFINITY;
    while ((await this.#store.prune?.(Date.now() - margin, batch)) === batch);
    const next = this.#client.earliest();
    if (next !== undefined) await this.#wakeAfter(next);
  }

  async #wakeAfter(deadline: number): Promise<void> {
    const now = Date.now();
    const time = Math.min(Math.max(deadline + margin, now + pause), now + longest);
    if (this.#alarm <= time) return;
    this.#alarm = time;
    await this.#state.storage.setAlarm(time);
  }
}

/** Until when a record lives after it was written. */
function deadlineOf(operation: Operation, values: readonly unknown[]): number | undefined {
  if (operation === "touch") return values[3] as number;
  return operation === "create" || operation === "replace" ? (values[0] as StoredRecord).expiresAt : undefined;
}
