import { errorPolicy } from "../../stores/mysql/errors.ts";
import { openUrl } from "../../stores/mysql/open.ts";
import { mysqlDialect } from "../../stores/mysql/schema.ts";
import { tableLocation } from "../../stores/sql/options.ts";
import { serverClient } from "../../stores/sql/server-client.ts";
import { quoted } from "../../stores/sql/statements.ts";
import { usualLimit, within } from "../open-store.ts";
import type { Place } from "../place.ts";
import { advice, type Finding, fault, ok } from "./finding.ts";
import { clientUrl } from "./probe.ts";

/** The estimate of rows is the largest number in a plan. Reading fewer rows than this is no fault. */
const many = 10_000;

export async function checkMysql(place: Place): Promise<Finding[]> {
  const { url, own } = clientUrl(place);
  const client = serverClient(await openUrl(url.replace(/^mariadb:/, "mysql:")), errorPolicy);
  const all = (statement: string) => client.all(statement, [], within(usualLimit));
  try {
    const table = quoted(mysqlDialect, tableLocation({ table: own.get("table") ?? undefined }).name);
    const [row = []] = await all("SELECT VERSION(), @@global.read_only, @@global.innodb_flush_log_at_trx_commit");
    const [version, isReadOnly, flush] = row;
    const rights = (await all("SHOW GRANTS")).flat().join("\n");
    const plan = await all(
      `EXPLAIN SELECT id FROM ${table} WHERE namespace = 'a' AND user_id = 'a' ORDER BY created_at, id LIMIT 100`,
    );
    return [
      ok("server", `${/maria/i.test(String(version)) ? "MariaDB" : "MySQL"} ${version}.`),
      Number(isReadOnly) === 0
        ? ok("primary", "The server accepts writes.")
        : fault("primary", "The server is read-only: sessions cannot be written. Point the URL at the primary."),
      Number(flush) === 1
        ? ok("durability", "An acknowledged write survives a crash.")
        : advice(
            "durability",
            `innodb_flush_log_at_trx_commit is ${flush}: a crash loses the last second, so a sign-out may be undone. Set it to 1.`,
          ),
      plan.flat().includes("ALL") && Math.max(...plan.flat().map(Number).filter(Number.isFinite)) > many
        ? fault("query plan", "The list of a user reads the whole table. Are its indexes there?")
        : ok("query plan", "The list of a user uses its index."),
      /ALL PRIVILEGES ON \*\.\*|\bSUPER\b/i.test(rights)
        ? advice(
            "rights",
            "The user may do everything. Give the application one that may do no more than docs/stores/mysql.md says.",
          )
        : ok("rights", "The user is not an administrator."),
    ];
  } finally {
    await client.close();
  }
}
