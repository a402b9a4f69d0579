import type { SessionStore, StoredRecord } from "../../types/store.ts";
import { storeWarnings } from "../shared/warnings.ts";
import { sqlStore } from "../sql/store.ts";
import { sqliteDialect } from "../sqlite/schema.ts";
import { type DurableObjectState, type ShardClient, shardClient } from "./sql.ts";
import { answerTo, type Operation, type ShardRequest } from "./wire.ts";

const table = "coatcheck_sessions";
const batchSize = 1_000;
/** Sessions are deleted this much after their expiry, so that hosts with slower clocks lose none. */
const clockToleranceMs = 5 * 60_000;
/** The shortest time between two prunings. */
const minPauseMs = 10 * 60_000;
/** The furthest that an alarm is set ahead: later times may be out of range. */
const maxPauseMs = 30 * 24 * 60 * 60_000;

/** Keeps the sessions of one shard. Export it from the worker, and bind it as a class with SQLite storage. */
export class SessionShard {
  /** Identifies a Durable Object class to the types that wrangler generates. */
  declare readonly __DURABLE_OBJECT_BRAND: never;
  readonly #state: DurableObjectState;
  readonly #client: ShardClient;
  readonly #store: SessionStore;
  /** The time of the next alarm, in epoch milliseconds. */
  #alarm = Number.POSITIVE_INFINITY;

  constructor(state: DurableObjectState) {
    this.#state = state;
    this.#client = shardClient(state, sqliteDialect, table);
    const connect = async (): Promise<ShardClient> => this.#client;
    const warnings = storeWarnings();
    this.#store = sqlStore({ name: "durable-object", dialect: sqliteDialect, table: { table }, warnings, connect });
    void state.blockConcurrencyWhile(async () => {
      this.#alarm = (await state.storage.getAlarm()) ?? Number.POSITIVE_INFINITY;
    });
  }

  fetch(request: Request): Promise<Response> {
    return answerTo(async () => {
      const { operation, values } = (await request.json()) as ShardRequest;
      const result = await (this.#store[operation] as (...values: readonly unknown[]) => Promise<unknown>)(...values);
      const deadline = result === true ? deadlineOf(operation, values) : undefined;
      if (deadline !== undefined) await this.#wakeAfter(deadline);
      return result;
    });
  }

  /** Deletes expired sessions and sets the alarm for the next ones. */
  async alarm(): Promise<void> {
    this.#alarm = Number.POSITIVE_INFINITY;
    while ((await this.#store.prune?.(Date.now() - clockToleranceMs, batchSize)) === batchSize);
    const next = this.#client.earliest();
    if (next !== undefined) await this.#wakeAfter(next);
  }

  async #wakeAfter(deadline: number): Promise<void> {
    const now = Date.now();
    const time = Math.min(Math.max(deadline + clockToleranceMs, now + minPauseMs), now + maxPauseMs);
    if (this.#alarm <= time) return;
    this.#alarm = time;
    await this.#state.storage.setAlarm(time);
  }
}

/** Returns the expiry of the record that an operation wrote. */
function deadlineOf(operation: Operation, values: readonly unknown[]): number | undefined {
  if (operation === "touch") return values[3] as number;
  return operation === "create" || operation === "replace" ? (values[0] as StoredRecord).expiresAt : undefined;
}
