import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption, type SessionError } from "../../types/errors.ts";
import type { RecordKey, RecordPage, RecordStamp, SessionStore, StoreCall } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { isWorkersKv, workersKv } from "../shared/workers-kv.ts";
import { type Operation, resultOf, type ShardRequest } from "./wire.ts";

export { SessionShard } from "./shard.ts";
export type { DurableObjectState } from "./sql.ts";

/** The part of a Durable Object binding that the store uses. */
export interface DurableObjectNamespace {
  idFromName(name: string): unknown;
  get(
    id: unknown,
    options?: { readonly locationHint?: string },
  ): { fetch(url: string, init?: RequestInit): Promise<Response> };
}

/** Options of `durableObjectStore()`. */
export interface DurableObjectStoreOptions {
  /** The binding of the class `SessionShard`, such as `env.SESSIONS`; or `env.SESSIONS.jurisdiction("eu")`. */
  readonly namespace: DurableObjectNamespace;
  /** The number of objects, 1 to 256. Changing it signs all users out. @default 16 */
  readonly shards?: number | undefined;
  /** Begins the name of each object, so that several stores can have one binding. @default "coatcheck:" */
  readonly prefix?: string | undefined;
  /** Where to create new objects, such as "weur". @default near the first request for each */
  readonly locationHint?: string | undefined;
}

const known: Known<DurableObjectStoreOptions> = { namespace: true, shards: true, prefix: true, locationHint: true };

/**
 * Keeps sessions in Cloudflare's Durable Objects, for all workers that have the binding. A completed change is durable and
 * visible everywhere at once. The objects themselves delete expired sessions.
 *
 * @example
 * export { SessionShard } from "coatcheck/stores/durable-object";
 * import { env } from "cloudflare:workers";
 * const sessions = createSessions({ store: durableObjectStore({ namespace: env.SESSIONS }) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function durableObjectStore(options: DurableObjectStoreOptions): SessionStore {
  checkKeys(options, known, "durableObjectStore()");
  const { namespace, shards = 16, prefix = "coatcheck:", locationHint } = options;
  checkBinding(namespace);
  if (!Number.isInteger(shards) || shards < 1 || shards > 256) {
    throw invalidOption("shards must be an integer from 1 to 256.");
  }
  if (typeof prefix !== "string") throw invalidOption("prefix must be a string.");
  const hint = locationHint === undefined ? {} : { locationHint };
  const names = Array.from({ length: shards }, (_, shard) => `${prefix}${shard}/${shards}`);

  const send = async (name: string, body: string, signal: AbortSignal | undefined): Promise<unknown> => {
    // Created for each request, because a stub may be unusable after an error.
    const shard = namespace.get(namespace.idFromName(name), hint);
    return resultOf(await shard.fetch("https://shard/", { method: "POST", body, ...(signal && { signal }) }));
  };
  const askOne = async <T>({ id }: RecordKey, operation: Operation, values: readonly unknown[], call?: StoreCall) =>
    (await send(names[shardIndex(id, shards)] as string, asText({ operation, values }), call?.signal)) as T;
  const askAll = async <T>(operation: Operation, values: readonly unknown[], call?: StoreCall) => {
    const [body, signal] = [asText({ operation, values }), call?.signal];
    return (await Promise.all(names.map((name) => send(name, body, signal)))) as T[];
  };

  return {
    kind: "record",
    name: "durable-object",
    atomic: true,
    read: (key, now, call) => askOne(key, "read", [key, now], call),
    create: (record, now, call) => askOne(record, "create", [record, now], call),
    replace: (record, expected, now, call) => askOne(record, "replace", [record, stampOf(expected), now], call),
    touch: (key, expected, lastSeenAt, expiresAt, now, call) =>
      askOne(key, "touch", [key, stampOf(expected), lastSeenAt, expiresAt, now], call),
    delete: (key, call) => askOne(key, "delete", [key], call),

    async list(namespace, filter, now, call) {
      parseCursor(filter.cursor);
      const pages = await askAll<RecordPage>("list", [namespace, filter, now], call);
      const records = pages
        .flatMap((page) => page.records)
        .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
        .slice(0, filter.limit);
      const last = records[filter.limit - 1];
      return { records, cursor: last && formatCursor(last) };
    },

    async clear(namespace, call) {
      await askAll("clear", [namespace], call);
    },

    async count(namespace, now, call) {
      const counts = await askAll<number>("count", [namespace, now], call);
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** Picks the stamp, because the caller may pass a whole record. */
const stampOf = ({ version, commitId }: RecordStamp): RecordStamp => ({ version, commitId });

const asText = (request: ShardRequest): string => JSON.stringify(request);

/** Hashes with FNV-1a, which also distributes ids that are not random. */
function shardIndex(id: string, shards: number): number {
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
