import type { StoredRecord } from "../../types/store.ts";
import { type Position, start } from "../shared/cursor.ts";
import type { Call } from "./abort.ts";
import type { RedisConnection } from "./connection.ts";
import { escaped, type RedisKeys, unescaped } from "./keys.ts";
import { addEntry } from "./scripts.ts";

/**
 * The records of each user: one sorted set per user, whose members "createdAt!id!until" all have the score 0, so that
 * Redis keeps them in the order of `list`.
 *
 * One rule keeps it correct without locks, repairs or synchronised clocks: *an entry that is valid until `until` exists
 * before, and is removed after, a record that expires no later than `until`.* It is added before the record is written, and
 * the record's scripts refuse to let a record outlive it. So a crash at any point leaves at worst an entry without a record.
 * `list` ignores it, because it reads the records, and it is removed after `until`, when no record can need it. `delete`
 * removes it at once, because the id of a deleted record is never reused.
 *
 * An index has no expiry, so that Redis evicts it under no `volatile-` policy; `index-sweep.ts` removes what is left. One
 * that was lost (under an `allkeys-` policy, or not replicated before a failover) is written again when the entry of an active session
 * is about to expire, which is within the slack below.
 */
export interface UserIndex {
  /** Adds an entry for a record that expires at `expiresAt`. Returns its `until`. */
  add(record: Entry, expiresAt: number, now: number, call: Call): Promise<number>;
  remove(record: Entry, call: Call): Promise<void>;
  /** Yields the ids after a position, in order, in batches. Some records may be gone or belong to another user by now. */
  ids(owner: Owner, after: Position, batch: number, call: Call): AsyncGenerator<readonly string[]>;
}

interface Owner {
  readonly namespace: string;
  readonly userId: string;
}

type Entry = Owner & Pick<StoredRecord, "createdAt" | "id">;

/** How much longer than its record an entry lasts. An active session needs a new one this often, at two more round trips. */
const entrySlackMs = 3_600_000;

export function userIndex(connection: RedisConnection, keys: RedisKeys, sweep: (now: number) => void): UserIndex {
  const keyOf = ({ namespace, userId }: Owner): string => keys.user(namespace, userId);
  return {
    async add(record, expiresAt, now, call) {
      const until = expiresAt + entrySlackMs;
      await connection.run(addEntry, keyOf(record), [now, `${entryPrefix(record)}!${until}`], call);
      sweep(now);
      return until;
    },

    async remove(record, call) {
      const key = keyOf(record);
      await connection.send(key, ["ZREMRANGEBYLEX", key, `[${entryPrefix(record)}!`, afterEntriesOf(record)], call);
    },

    async *ids(owner, after, batch, call) {
      const key = keyOf(owner);
      let from = after === start ? "-" : afterEntriesOf(after);
      for (;;) {
        const command = ["ZRANGE", key, from, "+", "BYLEX", "LIMIT", "0", String(batch)];
        const entries = (await connection.send(key, command, call)) as string[];
        // An active session may have more than one entry.
        yield [...new Set(entries.map((entry) => unescaped(entry.split("!")[1] ?? "")))];
        const last = entries[batch - 1];
        if (last === undefined) return;
        from = `(${last.replace(/!\d+$/, '"')}`;
      }
    },
  };
}

/** Added to times, so that all have the same number of digits, and those before 1970 sort first. */
const shift = 1e15;

const entryPrefix = ({ createdAt, id }: Position): string =>
  `${String(createdAt + shift).padStart(16, "0")}!${escaped(id)}`;

/** Returns the lower bound after all entries of this record: the character after "!", which no id contains. */
const afterEntriesOf = (position: Position): string => `(${entryPrefix(position)}"`;
