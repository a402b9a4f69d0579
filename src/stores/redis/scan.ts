import type { Position } from "../shared/cursor.ts";
import { type Call, mapParallel, throwIfAborted } from "./abort.ts";
import type { RedisConnection } from "./connection.ts";
import { escaped, globbed, type RedisKeys, unescaped } from "./keys.ts";
import { readText } from "./record.ts";
import { offsets, parseTimes } from "./record-format.ts";

/** Operations on a whole namespace. They scan every key of the server or cluster, in batches. */
export interface NamespaceScan {
  /** Yields the ids of all records in batches, in no order. Some may come twice: if a hash table grew, or a slot moved. */
  all(namespace: string, call: Call): AsyncGenerator<readonly string[]>;
  /** Yields the ids of live records after a position, in order, in batches. Scans everything for each batch. */
  ids(namespace: string, after: Position, batch: number, now: number, call: Call): AsyncGenerator<readonly string[]>;
  count(namespace: string, now: number, call: Call): Promise<number>;
}

const scanCount = "1000";

export function namespaceScan(connection: RedisConnection, keys: RedisKeys): NamespaceScan {
  async function* all(namespace: string, call: Call): AsyncGenerator<readonly string[]> {
    const { keyPrefix, sends } = await connection.primaries(call);
    const start = keyPrefix + keys.records(namespace);
    for (const send of sends) {
      let cursor = "0";
      do {
        throwIfAborted(call);
        const command = ["SCAN", cursor, "MATCH", `${globbed(start)}*`, "COUNT", scanCount, "TYPE", "string"];
        const [next, found] = (await send(command, call)) as [string | number, string[]];
        cursor = String(next);
        // A foreign key that matches leads to no record, because it is not escaped in the same way.
        yield found.map((key) => unescaped(key.slice(start.length)));
      } while (cursor !== "0");
    }
  }

  async function* livePositions(namespace: string, now: number, call: Call): AsyncGenerator<readonly Position[]> {
    for await (const ids of all(namespace, call)) {
      const found = await mapParallel(ids, call, async (id, call): Promise<readonly Position[]> => {
        const place = keys.record({ namespace, id });
        const command = ["GETRANGE", place, "0", String(offsets.indexedUntil - 1)];
        const times = parseTimes(await readText(connection, place, command, call));
        return times && times.expiresAt > now ? [{ createdAt: times.createdAt, id }] : [];
      });
      yield found.flat();
    }
  }

  return {
    all,

    async *ids(namespace, after, batch, now, call) {
      for (let last: Position | undefined = after; last; ) {
        const from: Position = last;
        let first: readonly Position[] = [];
        for await (const found of livePositions(namespace, now, call)) {
          first = smallest([...first, ...found.filter((position) => compare(position, from) > 0)], batch);
        }
        yield first.map(({ id }) => id);
        last = first[batch - 1];
      }
    },

    async count(namespace, now, call) {
      const ids = new Set<string>();
      for await (const found of livePositions(namespace, now, call)) for (const { id } of found) ids.add(id);
      return ids.size;
    },
  };
}

/** Returns the smallest positions, in order and without duplicates. */
function smallest(positions: readonly Position[], limit: number): readonly Position[] {
  const sorted = positions.toSorted(compare);
  return sorted.filter((position, n) => n === 0 || compare(position, sorted[n - 1]!) > 0).slice(0, limit);
}

/** Compares positions in the order of the index entries in Redis. */
function compare(a: Position, b: Position): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  const [left, right] = [escaped(a.id), escaped(b.id)];
  return left < right ? -1 : Number(left > right);
}
