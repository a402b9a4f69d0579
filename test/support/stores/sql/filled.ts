import { type SqlValue, touchValues } from "../../../../src/stores/sql/rows.ts";
import type { Statements } from "../../../../src/stores/sql/statements.ts";
import { now } from "../sql.ts";

/** A tenth of them in another namespace, a third without a user, ten to a user, an expired one in twenty. */
export const filled = 100_000;

/**
 * A statement that fills a table with sessions.
 *
 * @param numbers a table expression whose column n counts from 0 to `filled` - 1
 * @param padded the text of a number with zeros in front, 19 digits
 */
export const fill = (
  table: string,
  numbers: string,
  padded: (number: string) => string,
  join: string,
  ownColumn?: "prune_at",
): string => `
INSERT INTO ${table} (namespace, id, version, commit_id, body, user_id, created_at, last_seen_at, expires_at${ownColumn ? `, ${ownColumn}` : ""})
SELECT CASE WHEN n % 10 = 0 THEN 'other' ELSE 'session' END, ${padded("n * 7919 % 100000")}, 1, 'commit', '${"x".repeat(300)}',
  CASE WHEN n % 3 = 0 THEN NULL ELSE ${join.replace("?", "n % 10000")} END, ${now} + n / 3, ${now} + n, ${now} + n${ownColumn ? `, ${now} + n` : ""}
FROM ${numbers}`;

/** The ten digits, five times over. */
export const digits: string = (() => {
  const ten = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(" UNION ALL ");
  return `(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n FROM (${ten}) AS a, (${ten}) AS b, (${ten}) AS c, (${ten}) AS e, (${ten}) AS f) AS numbers`;
})();

const id = (n: number): string => String(n).padStart(19, "0");
const soon = now + filled / 20;
/** In the middle of them. */
const one = 50_001;
const key: SqlValue[] = ["session", id((one * 7_919) % filled)];

/** Values as the store gives them, for sessions that live. */
export const values = (hasPruneAt: boolean): Readonly<Record<keyof Statements, readonly SqlValue[]>> => ({
  create: ["session", "new", 1, "commit", "body", "ada", now, now, soon, ...(hasPruneAt ? [soon] : [])],
  read: [...key, soon],
  replace: [2, "next", "body", "ada", ...touchValues(now, soon, soon, hasPruneAt), ...key, 1, "commit", soon],
  touch: [...touchValues(now, soon, soon, hasPruneAt), ...key, 1, "commit", soon],
  delete: key,
  list: ["session", now + 20_000, id(500), now + 20_000, soon, 100],
  listUser: ["session", "user-1", now + 1_000, id(500), now + 1_000, soon, 100],
  prune: [soon, 1_000, soon],
  postpone: [soon, 1_000, now],
  clear: ["other"],
  count: ["session", soon],
});
