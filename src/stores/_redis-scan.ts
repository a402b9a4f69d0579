import type { Position } from "./_cursor.ts";
import type { RedisConnection } from "./_redis-connection.ts";
import { unsent } from "./_redis-errors.ts";
import { escaped, globbed, type RedisKeys, unescaped } from "./_redis-keys.ts";

type Signal = AbortSignal | undefined;

/** A record that SCAN came upon. */
export interface Found extends Position {
  readonly expiresAt: number;
}

const batch = "1000";

/** What concerns a whole namespace: it looks at every key of the server or cluster, a batch at a time. */
export interface NamespaceScan {
  /** The ids in batches; one that comes twice is passed over by `seen` only. */
  ids(namespace: string, signal: Signal): AsyncGenerator<readonly string[]>;
  /** The first so many live records behind a position. */
  first(namespace: string, after: Position, limit: number, now: number, signal: Signal): Promise<Found[]>;
  count(namespace: string, now: number, signal: Signal): Promise<number>;
}

export function namespaceScan(connection: RedisConnection, keys: RedisKeys): NamespaceScan {
  async function* ids(namespace: string, signal: Signal): AsyncGenerator<readonly string[]> {
    const start = (await connection.link(signal)).keyPrefix + keys.records(namespace);
    for (const send of await connection.primaries(signal)) {
      let cursor = "0";
      do {
        if (signal?.aborted) throw unsent("gave up looking through its keys");
        const command = ["SCAN", cursor, "MATCH", `${globbed(start)}*`, "COUNT", batch, "TYPE", "hash"];
        const [next, found] = (await send(command, signal)) as [string | number, string[]];
        cursor = String(next);
        yield found.flatMap((key) => unescaped(key.slice(start.length)) ?? []);
      } while (cursor !== "0");
    }
  }

  async function* live(namespace: string, now: number, signal: Signal): AsyncGenerator<readonly Found[]> {
    for await (const some of ids(namespace, signal)) {
      const read = async (id: string): Promise<Found> => {
        const key = keys.record({ namespace, id });
        const reply = await connection.send(key, ["HMGET", key, "createdAt", "expiresAt"], signal);
        const [createdAt, expiresAt] = (reply as (string | null)[]).map((text) => Number(text ?? Number.NaN));
        return { id, createdAt: createdAt ?? Number.NaN, expiresAt: expiresAt ?? Number.NaN };
      };
      yield (await Promise.all(some.map(read))).filter(
        ({ createdAt, expiresAt }) => createdAt <= expiresAt && expiresAt > now,
      );
    }
  }

  return {
    ids,

    async first(namespace, after, limit, now, signal) {
      let kept: Found[] = [];
      for await (const some of live(namespace, now, signal)) {
        kept = smallest([...kept, ...some.filter((found) => compare(found, after) > 0)], limit);
      }
      return kept;
    },

    async count(namespace, now, signal) {
      const seen = new Set<string>();
      for await (const some of live(namespace, now, signal)) for (const { id } of some) seen.add(id);
      return seen.size;
    },
  };
}

/** In order, and each once: SCAN gives a key twice where the server's table grew or a slot moved meanwhile. */
function smallest(found: readonly Found[], limit: number): Found[] {
  const sorted = [...found].sort(compare);
  return sorted.filter(({ id }, n) => id !== sorted[n - 1]?.id).slice(0, limit);
}

const compare = (a: Position, b: Position): number =>
  a.createdAt - b.createdAt || compareText(escaped(a.id), escaped(b.id));

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
