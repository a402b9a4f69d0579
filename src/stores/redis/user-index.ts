import type { StoredRecord } from "../../types/store.ts";
import { type Position, start } from "../shared/cursor.ts";
import type { Call } from "./abort.ts";
import type { RedisConnection } from "./connection.ts";
import { escaped, type RedisKeys, unescaped } from "./keys.ts";
import { addEntry } from "./scripts.ts";

/**
 * Which records a user has: one sorted set per user, whose members "createdAt!id!until" all have the score 0, so that
 * Redis keeps them in the order of `list`.
 *
 * One rule keeps it right without a lock, without healing and without a clock that hosts would have to share: *an entry
 * that lasts until `until` is there before a record that lives no longer than `until`, and goes after it.* It is added before
 * the record is written, and the record's scripts refuse to let a record outlive it. So a crash at any point leaves at worst
 * an entry without a record. `list` passes it over, because it looks at the records, and it is dropped once `until` is over:
 * then no record can need it. `delete` drops it at once, because the id of a deleted record never comes back.
 *
 * An index that was lost (evicted, or not replicated before a failover) is written anew when a session in use is near the
 * end of its entry, which is within the slack below.
 */
export interface UserIndex {
  /** Adds an entry for a record that lives until `expiresAt`. Gives its `until`. */
  add(record: Entry, expiresAt: number, now: number, call: Call): Promise<number>;
  drop(record: Entry, call: Call): Promise<void>;
  /** The ids behind a position, in order, a batch at a time. Not each of them is this user's, or there, any more. */
  ids(owner: Owner, after: Position, batch: number, call: Call): AsyncGenerator<readonly string[]>;
}

interface Owner {
  readonly namespace: string;
  readonly userId: string;
}

type Entry = Owner & Pick<StoredRecord, "createdAt" | "id">;

/** How much longer than its record an entry lasts. A session in use needs another one that often, at two more round trips. */
const slack = 3_600_000;

export function userIndex(connection: RedisConnection, keys: RedisKeys): UserIndex {
  const keyOf = ({ namespace, userId }: Owner): string => keys.user(namespace, userId);
  return {
    async add(record, expiresAt, now, call) {
      const until = expiresAt + slack;
      await connection.run(addEntry, keyOf(record), [now, until, `${place(record)}!${until}`], call);
      return until;
    },

    async drop(record, call) {
      const key = keyOf(record);
      await connection.send(key, ["ZREMRANGEBYLEX", key, `[${place(record)}!`, behind(record)], call);
    },

    async *ids(owner, after, batch, call) {
      const key = keyOf(owner);
      let from = after === start ? "-" : behind(after);
      for (;;) {
        const command = ["ZRANGE", key, from, "+", "BYLEX", "LIMIT", "0", String(batch)];
        const entries = (await connection.send(key, command, call)) as string[];
        // A session in use may have more than one entry.
        yield [...new Set(entries.map((entry) => unescaped(entry.split("!")[1] ?? "")))];
        const last = entries[batch - 1];
        if (last === undefined) return;
        from = `(${last.replace(/!\d+$/, '"')}`;
      }
    },
  };
}

/** So that every time has the same number of digits, and those before 1970 sort before the others. */
const shift = 1e15;

const place = ({ createdAt, id }: Position): string => `${String(createdAt + shift).padStart(16, "0")}!${escaped(id)}`;

/** Where the entries behind all those of this record begin: at the sign after "!", which is in no id. */
const behind = (position: Position): string => `(${place(position)}"`;
