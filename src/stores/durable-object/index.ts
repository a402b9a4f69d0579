import { invalidOption, type SessionError } from "../../types/errors.ts";
import type { RecordKey, RecordPage, RecordStamp, SessionStore, StoreCall } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { isWorkersKv, workersKv } from "../shared/workers-kv.ts";
import { type Operation, type Question, resultOf } from "./wire.ts";

export { SessionShard } from "./shard.ts";
export type { DurableObjectState } from "./sql.ts";

/** What is used of a binding of Durable Objects. */
export interface DurableObjectNamespace {
  idFromName(name: string): unknown;
  get(
    id: unknown,
    options?: { readonly locationHint?: string },
  ): { fetch(url: string, init?: RequestInit): Promise<Response> };
}

export interface DurableObjectStoreOptions {
  /** The binding of the class `SessionShard`, such as `env.SESSIONS`; or `env.SESSIONS.jurisdiction("eu")`. */
  readonly namespace: DurableObjectNamespace;
  /** How many objects share the sessions, 1 to 256. Another number is another place: it signs everybody out. @default 16 */
  readonly shards?: number | undefined;
  /** Begins the name of each object, so that several stores can have one binding. @default "coatcheck:" */
  readonly prefix?: string | undefined;
  /** Where objects that are not there yet are to be made, such as "weur". @default near who asks for them first */
  readonly locationHint?: string | undefined;
}

/**
 * Keeps sessions in Cloudflare's Durable Objects, for all workers that have the binding. What one answered is durable, and
 * seen by everybody at once. Expired sessions are deleted by the objects themselves.
 *
 * @example
 * export { SessionShard } from "coatcheck/stores/durable-object";
 * import { env } from "cloudflare:workers";
 * const sessions = createSessions({ store: durableObjectStore({ namespace: env.SESSIONS }) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function durableObjectStore(options: DurableObjectStoreOptions): SessionStore {
  const { namespace, shards = 16, prefix = "coatcheck:", locationHint } = options;
  checkBinding(namespace);
  if (!Number.isInteger(shards) || shards < 1 || shards > 256) {
    throw invalidOption("shards must be a whole number from 1 to 256.");
  }
  if (typeof prefix !== "string") throw invalidOption("prefix must be text.");
  const place = locationHint === undefined ? {} : { locationHint };
  const names = Array.from({ length: shards }, (_, shard) => `${prefix}${shard}/${shards}`);

  const ask = async (name: string, body: string, signal: AbortSignal | undefined): Promise<unknown> => {
    // Made for each question, because after an error it may be of no use.
    const shard = namespace.get(namespace.idFromName(name), place);
    return resultOf(await shard.fetch("https://shard/", { method: "POST", body, ...(signal && { signal }) }));
  };
  const one = async <T>({ id }: RecordKey, operation: Operation, values: readonly unknown[], call?: StoreCall) =>
    (await ask(names[placeOf(id, shards)] as string, asText({ operation, values }), call?.signal)) as T;
  const all = async <T>(operation: Operation, values: readonly unknown[], call?: StoreCall) => {
    const [body, signal] = [asText({ operation, values }), call?.signal];
    return (await Promise.all(names.map((name) => ask(name, body, signal)))) as T[];
  };

  return {
    kind: "record",
    name: "durable-object",
    atomic: true,
    read: (key, now, call) => one(key, "read", [key, now], call),
    create: (record, now, call) => one(record, "create", [record, now], call),
    replace: (record, expected, now, call) => one(record, "replace", [record, stampOf(expected), now], call),
    touch: (key, expected, lastSeenAt, expiresAt, now, call) =>
      one(key, "touch", [key, stampOf(expected), lastSeenAt, expiresAt, now], call),
    delete: (key, call) => one(key, "delete", [key], call),

    async list(namespace, filter, now, call) {
      parseCursor(filter.cursor);
      const pages = await all<RecordPage>("list", [namespace, filter, now], call);
      const records = pages
        .flatMap((page) => page.records)
        .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
        .slice(0, filter.limit);
      const last = records[filter.limit - 1];
      return { records, cursor: last && formatCursor(last) };
    },

    async clear(namespace, call) {
      await all("clear", [namespace], call);
    },

    async count(namespace, now, call) {
      const counts = await all<number>("count", [namespace, now], call);
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** The caller may hand over a whole record. */
const stampOf = ({ version, commitId }: RecordStamp): RecordStamp => ({ version, commitId });

const asText = (question: Question): string => JSON.stringify(question);

/** FNV-1a, which spreads ids that are not random too. */
function placeOf(id: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % shards;
}

function checkBinding(namespace: unknown): void {
  if (typeof namespace !== "object" || namespace === null) throw noBinding();
  if (isWorkersKv(namespace)) throw workersKv();
  if (!("idFromName" in namespace && "get" in namespace)) throw noBinding();
}

const noBinding = (): SessionError =>
  invalidOption(
    'namespace must be a binding of Durable Objects, such as env.SESSIONS. Is it declared under "durable_objects" in wrangler.jsonc, with the class SessionShard, by this name?',
  );
