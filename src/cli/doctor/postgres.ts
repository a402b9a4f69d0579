import { errorPolicy } from "../../stores/postgres/errors.ts";
import { openUrl } from "../../stores/postgres/open.ts";
import { postgresDialect } from "../../stores/postgres/schema.ts";
import { tableLocation } from "../../stores/sql/options.ts";
import { serverClient } from "../../stores/sql/server-client.ts";
import { quoted } from "../../stores/sql/statements.ts";
import { usualLimit, within } from "../open-store.ts";
import type { Place } from "../place.ts";
import { advice, type Finding, fault, ok } from "./finding.ts";
import { clientUrl } from "./probe.ts";

/** Tables of more rows than this should not be read whole. */
const many = 10_000;

const facts = `SELECT current_setting('server_version'), pg_is_in_recovery(), current_setting('fsync'),
  current_setting('synchronous_commit'), inet_server_port(), r.rolsuper, c.relpersistence, c.relrowsecurity,
  has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
    AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'),
  c.reltuples
  FROM pg_class c, pg_roles r WHERE c.oid = $1::regclass AND r.rolname = current_user`;

export async function checkPostgres(place: Place): Promise<Finding[]> {
  const { url, own } = clientUrl(place);
  const client = serverClient(await openUrl(url), errorPolicy);
  try {
    const { name } = tableLocation({ table: own.get("table") ?? undefined, schema: own.get("schema") ?? undefined });
    const table = quoted(postgresDialect, name);
    const [row = []] = await client.all(facts, [table], within(usualLimit));
    const [version, isReplica, fsync, commit, port, isSuper, persistence, hidesRows, mayWrite, rows] = row;
    const plans = await Promise.all(
      [
        `SELECT id FROM ${table} WHERE namespace = 'a' AND user_id = 'a' AND (created_at, id) > (0, '') ORDER BY created_at, id LIMIT 100`,
        `SELECT id FROM ${table} WHERE prune_at <= 0 LIMIT 100`,
      ].map(async (query) => (await client.all(`EXPLAIN ${query}`, [], within(usualLimit))).flat().join("\n")),
    );
    const isScanned = Number(rows) > many && plans.some((plan) => plan.includes("Seq Scan"));
    const asked = /:(\d+)(?:\/|$)/.exec(url.replace(/^[^@]*@/, ""))?.[1] ?? "5432";
    return [
      ok("server", `PostgreSQL ${version}.`),
      isReplica
        ? fault("primary", "This is a replica: sessions cannot be written. Point the URL at the primary.")
        : ok("primary", "This is the primary."),
      fsync === "on" && commit !== "off"
        ? ok("durability", "An acknowledged write survives a crash.")
        : advice(
            "durability",
            `fsync is ${fsync} and synchronous_commit is ${commit}: a crash loses the last writes, so a sign-out may be undone.`,
          ),
      ...(persistence === "u"
        ? [
            fault(
              "durability",
              "The table is UNLOGGED: a crash of the server empties it. Run ALTER TABLE … SET LOGGED.",
            ),
          ]
        : []),
      ...(hidesRows
        ? [advice("rows", "Row-level security is on: a session whose row a policy hides reads as missing.")]
        : []),
      isScanned
        ? fault(
            "query plan",
            "Lists or pruning read the whole table. Are its indexes there and valid? Run ANALYZE on it.",
          )
        : ok("query plan", "Lists and pruning use their indexes."),
      ...(mayWrite ? [] : [fault("rights", "The role lacks SELECT, INSERT, UPDATE or DELETE on the table.")]),
      isSuper
        ? advice(
            "rights",
            "The role is a superuser. Give the application one that may do no more than docs/stores/postgres.md says.",
          )
        : ok("rights", "The role is not a superuser."),
      ...(port !== null && String(port) !== asked
        ? [
            advice(
              "pooler",
              "Something stands between: the server listens on another port. If it is PgBouncer in transaction mode before 1.21, postgres.js needs ?prepare=false; pg needs nothing.",
            ),
          ]
        : []),
    ];
  } finally {
    await client.close();
  }
}
