import { invalidOption } from "../../types/errors.ts";
import type { SessionStore, StoredRecord } from "../../types/store.ts";
import { throwIfAborted } from "./abort.ts";
import type { Access, Found, KeyValueStore, WriteDecision } from "./access.ts";
import { digestLength } from "./envelope.ts";

export interface ScanParts {
  readonly access: Access;
  readonly prefix: string;
  readonly keys: NonNullable<KeyValueStore["keys"]>;
}

type Scans = Required<Pick<SessionStore, "list" | "count" | "clear">>;
type Position = Pick<StoredRecord, "createdAt" | "id">;

/** The number of records to read in parallel. */
const batchSize = 32;

/** Creates the operations that read every record, because the backend has no index. */
export function scan(parts: ScanParts): Scans {
  async function* records(
    namespace: string,
    now: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<StoredRecord> {
    const rest = await ownKeys(parts, signal);
    while (rest.length > 0) {
      const batch = rest.splice(-batchSize);
      for (const found of await Promise.all(batch.map((key) => parts.access.read(key, signal)))) {
        if (typeof found === "object" && found.namespace === namespace && found.expiresAt > now) yield found;
      }
    }
  }

  return {
    async list(namespace, { userId, limit, cursor }, now, call) {
      const signal = call?.signal;
      const after = parseCursor(cursor);
      let page: StoredRecord[] = [];
      const cut = (): StoredRecord[] => page.sort(order).slice(0, limit);
      for await (const record of records(namespace, now, signal)) {
        if (userId !== undefined && record.userId !== userId) continue;
        if (after && order(record, after) <= 0) continue;
        page.push(record);
        if (page.length >= 2 * limit) page = cut();
      }
      page = cut();
      const last = page[limit - 1];
      return { records: page, cursor: last && JSON.stringify([last.createdAt, last.id]) };
    },

    async count(namespace, now, call) {
      let count = 0;
      for await (const _ of records(namespace, now, call?.signal)) count++;
      return count;
    },

    async clear(namespace, call) {
      const signal = call?.signal;
      const rest = await ownKeys(parts, signal);
      while (rest.length > 0) {
        await removeWhere(parts, rest.splice(-batchSize), signal, (record) => record.namespace === namespace);
      }
    },
  };
}

/** Creates `prune`. A round that exceeds the caller's time limit continues with the next call. */
export function pruneBy(parts: ScanParts): NonNullable<SessionStore["prune"]> {
  let rest: string[] = [];
  return async (now, limit, call) => {
    const signal = call?.signal;
    if (rest.length === 0) rest = await ownKeys(parts, signal);
    let pruned = 0;
    while (rest.length > 0 && pruned < limit) {
      throwIfAborted(signal);
      const batch = rest.splice(-Math.min(batchSize, limit - pruned));
      pruned += await removeWhere(parts, batch, signal, (record) => record.expiresAt <= now);
    }
    return pruned;
  };
}

/** Lists the keys that look like those of a bridge: the backend may hold foreign ones. */
async function ownKeys({ prefix, keys }: ScanParts, signal: AbortSignal | undefined): Promise<string[]> {
  const found = await keys(signal);
  return found.filter((key) => key.startsWith(prefix) && key.length === prefix.length + digestLength);
}

async function removeWhere(
  { access }: ScanParts,
  batch: readonly string[],
  signal: AbortSignal | undefined,
  isOver: (record: StoredRecord) => boolean,
): Promise<number> {
  const decide = (found: Found): WriteDecision => (typeof found === "object" && isOver(found) ? "nothing" : undefined);
  const removed = await Promise.all(batch.map((key) => access.update(key, signal, decide)));
  return removed.filter(Boolean).length;
}

/** @throws SessionError INVALID_OPTION */
function parseCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [createdAt, id] = JSON.parse(cursor) as unknown[];
    if (typeof createdAt === "number" && typeof id === "string") return { createdAt, id };
  } catch {
    // Not JSON, or not an array: refused below.
  }
  throw invalidOption("This cursor did not come from list(). Pass the cursor of the previous page, or none.");
}

function order(a: Position, b: Position): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}
