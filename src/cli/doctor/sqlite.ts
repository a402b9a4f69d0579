import { statSync } from "node:fs";
import { pathOf } from "../../stores/open/path.ts";
import { tableLocation } from "../../stores/sql/options.ts";
import { quoted } from "../../stores/sql/statements.ts";
import { findDriver, openFile } from "../../stores/sqlite/open.ts";
import { sqliteDialect } from "../../stores/sqlite/schema.ts";
import type { Place } from "../place.ts";
import { advice, type Finding, fault, ok } from "./finding.ts";
import { clientUrl } from "./probe.ts";

export async function checkSqlite(place: Place): Promise<Finding[]> {
  const { url, own } = clientUrl(place);
  const path = pathOf(url.slice(url.indexOf(":") + 1));
  const database = openFile(await findDriver(), path);
  const all = (statement: string): string => JSON.stringify(database.prepare(statement).all());
  try {
    const table = quoted(sqliteDialect, tableLocation({ table: own.get("table") ?? undefined }).name);
    const plans = [
      `SELECT id FROM ${table} WHERE namespace = 'a' AND user_id = 'a' ORDER BY created_at, id LIMIT 100`,
      `SELECT id FROM ${table} WHERE expires_at <= 0 LIMIT 100`,
    ].map((query) => all(`EXPLAIN QUERY PLAN ${query}`));
    const mode = statSync(path).mode & 0o077;
    return [
      ok("server", `SQLite ${all("SELECT sqlite_version() AS v").replace(/[^\d.]/g, "")}.`),
      /wal/i.test(all("PRAGMA journal_mode"))
        ? ok("durability", "The file is in WAL mode.")
        : advice(
            "durability",
            "The file is not in WAL mode: readers wait for writers. The store sets it when the application opens the file by its path.",
          ),
      plans.some((plan) => /\bSCAN\b/.test(plan))
        ? fault("query plan", "Lists or pruning read the whole table. Are its indexes there?")
        : ok("query plan", "Lists and pruning use their indexes."),
      mode === 0 || process.platform === "win32"
        ? ok("rights", "Only its owner can read the file.")
        : advice("rights", "Other users of this host can read the file, and the data in it: chmod 600."),
    ];
  } finally {
    database.close();
  }
}
