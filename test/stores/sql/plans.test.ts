import Database from "libsql";
import { describe, expect, test } from "vitest";
import { mysqlDialect } from "../../../src/stores/mysql/schema.ts";
import { withValues } from "../../../src/stores/mysql/text.ts";
import { postgresDialect } from "../../../src/stores/postgres/schema.ts";
import { storeSchema } from "../../../src/stores/schema/index.ts";
import { type Statements, statements } from "../../../src/stores/sql/statements.ts";
import { sqliteDialect } from "../../../src/stores/sqlite/schema.ts";
import { digits, fill, filled, values as valuesOf } from "../../support/stores/sql/filled.ts";
import { hasMysql, hasPostgres, kept, mysqlEngine, newTable, postgresEngine } from "../../support/stores/sql.ts";

type Name = keyof Statements;
const byKey: readonly Name[] = ["read", "replace", "touch", "delete"];
const onServers = [...byKey, "list", "listUser", "prune", "postpone"] as const;
const indexes: Readonly<Partial<Record<Name, string>>> = {
  list: "age",
  listUser: "user",
  prune: "expiry",
  postpone: "expiry",
};

describe(`B44 B53: with ${filled} sessions every statement finds its rows by an index`, () => {
  test("SQLite", () => {
    const database = new Database(":memory:");
    database.exec(storeSchema("sqlite", { table: "t" }));
    database.exec(fill("t", digits, (n) => `printf('%019d', ${n})`, "'user-' || (?)"));
    database.exec("ANALYZE");
    const sql = statements(sqliteDialect, { table: "t" });
    const values = valuesOf(false);
    const plan = (name: Name): string => {
      const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql[name]}`).all(...values[name]) as { detail: string }[];
      return steps.map(({ detail }) => detail).join("; ");
    };
    for (const name of byKey) {
      expect(plan(name)).toBe("SEARCH t USING INDEX sqlite_autoindex_t_1 (namespace=? AND id=?)");
    }
    expect(plan("list")).toBe("SEARCH t USING INDEX t_age (namespace=? AND (created_at,id)>(?,?))");
    expect(plan("listUser")).toBe("SEARCH t USING INDEX t_user (namespace=? AND user_id=? AND (created_at,id)>(?,?))");
    expect(plan("prune")).toMatch(
      /^SEARCH t USING INTEGER PRIMARY KEY \(rowid=\?\); .*SEARCH t USING COVERING INDEX t_expiry \(expires_at<\?\)$/,
    );
    expect(database.prepare(sql.prune).run(...values.prune).changes).toBe(1_000);
    database.close();
  });

  describe.skipIf(!hasPostgres).each(["force_custom_plan", "force_generic_plan"])("PostgreSQL, %s", (mode) => {
    test("one plan for all values, or one for each", async () => {
      const table = newTable(postgresEngine);
      const { query } = kept(await postgresEngine.connect(), (connection) => connection.end());
      await query(storeSchema("postgres", { table }));
      const numbers = `generate_series(0, ${filled - 1}) AS n`;
      await query(fill(table, numbers, (n) => `lpad((${n})::text, 19, '0')`, "'user-' || (?)", "prune_at"));
      await query(`ANALYZE ${table}`);
      await query(`SET plan_cache_mode = ${mode}`);
      const sql = statements(postgresDialect, { table });
      const values = valuesOf(true);
      const plan = async (name: Name): Promise<string> => {
        await query(`PREPARE x AS ${sql[name]}`);
        const literals = values[name].map((value) => (typeof value === "string" ? `'${value}'` : String(value)));
        await query("BEGIN");
        const steps = await query(`EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE x (${literals})`);
        await query("ROLLBACK");
        await query("DEALLOCATE x");
        return steps.join("\n");
      };
      const index = (suffix: string) => new RegExp(`Index Scan using ${table}_${suffix} `);
      for (const name of onServers) {
        const steps = await plan(name);
        expect(steps).not.toMatch(/Seq Scan|Sort|Bitmap|Hash/);
        expect(steps).toMatch(index(indexes[name] ?? "pkey"));
        // No row is read for nothing, except the few that a postponement may find expired.
        if (name !== "postpone") expect(steps).not.toContain("Rows Removed");
      }
      expect(await plan("list")).toContain("ROW(created_at, id) > ROW(");
      for (const name of ["prune", "postpone"] as const) {
        expect(await plan(name)).toMatch(/Tid Scan on \w+ \(actual rows=(999|1000) /);
      }
    });
  });

  test.skipIf(!hasMysql)("MySQL", async () => {
    const table = newTable(mysqlEngine);
    const { query } = kept(await mysqlEngine.connect(), (connection) => connection.end());
    await query(storeSchema("mysql", { table }));
    await query(fill(table, digits, (n) => `LPAD(${n}, 19, '0')`, "CONCAT('user-', ?)", "prune_at"));
    await query(`ANALYZE TABLE ${table}`);
    const sql = statements(mysqlDialect, { table });
    const values = valuesOf(true);
    const bound = (name: Name): string => withValues(sql[name] as string, values[name]);
    const plan = async (name: Name): Promise<string> => {
      const steps = await query(`EXPLAIN ${bound(name)}`);
      return steps.join("\n");
    };
    const rowsRead = async (name: Name): Promise<number> => {
      await query("FLUSH STATUS");
      await query(bound(name));
      const counters = await query("SHOW SESSION STATUS LIKE 'Handler_read%'");
      return counters.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    for (const name of onServers) {
      const steps = await plan(name);
      expect(steps).toContain(`,${name in indexes ? `${table}_${indexes[name]}` : "PRIMARY"},`);
      // The rows that a derived table picked by its index are all read.
      expect(steps.replace("<derived2>,ALL,", "")).not.toMatch(/,(ALL|index),|filesort|temporary/);
    }
    // No row is read for nothing, but perhaps the next one after the last.
    expect(await rowsRead("read")).toBe(1);
    expect(await rowsRead("list")).toBeLessThanOrEqual(101);
    expect(await rowsRead("listUser")).toBeLessThanOrEqual(11);
    // Each once in the index, once locked, once in the derived table and once by its key.
    expect(await rowsRead("prune")).toBeLessThanOrEqual(4_002);
    // And once more, because an update with a join notes first what it changes.
    expect(await rowsRead("postpone")).toBeLessThanOrEqual(5_002);
  });
});
