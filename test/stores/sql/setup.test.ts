import { describe, expect, test } from "vitest";
import { prepareTable } from "../../../src/stores/sql/table.ts";
import { startWorker } from "../../support/processes/workers.ts";
import {
  failure,
  hasMysql,
  hasPostgres,
  kept,
  mysqlEngine,
  mysqlUrl,
  newTable,
  postgresEngine,
  postgresUrl,
} from "../../support/stores/sql.ts";

const processes = 8;
const rounds = 12;

const servers = [
  { engine: postgresEngine, isThere: hasPostgres, url: postgresUrl },
  { engine: mysqlEngine, isThere: hasMysql, url: mysqlUrl },
];

for (const { engine, isThere, url } of servers) {
  test.skipIf(!isThere)(
    `${engine.name}: ${processes} processes that start at once on no table all get it ready`,
    async () => {
      const workers = Array.from({ length: processes }, () =>
        kept(startWorker("../stores/sql/worker.ts", [engine.database, url()]), (worker) => worker.kill("SIGKILL")),
      );
      const said = () => Promise.all(workers.map((worker) => worker.line()));
      expect(await said()).toEqual(workers.map(() => "started"));
      for (let round = 0; round < rounds; round++) {
        const table = newTable(engine);
        for (const worker of workers) worker.write(`${table}\n`);
        expect(await said()).toEqual(workers.map(() => "ready"));
        expect(await engine.query(`SELECT * FROM ${table}`)).toEqual([]);
      }
    },
  );
}

describe("a table that another process is making", () => {
  const setup = {
    table: "t",
    schemaHint: "storeSchema()",
    wanted: ["kind", "column"],
    indexes: [{ part: "index", statement: "CREATE INDEX" }],
    warnings: { warn: () => expect.fail("Nothing is missing."), onWarning: () => {} },
    create: true,
    partsQuery: "parts",
  };
  /** A database that tells these parts, one answer after the other; the last answer stands. */
  const seeing = (...answers: string[][]) => ({
    all: () => (answers.length > 1 ? answers.shift() : answers[0])?.map((part) => [part]) ?? [],
  });
  const make = (): never => expect.fail("The table is there.");

  test("a table that another process is creating is ours, although only some of its parts were seen", async () => {
    await prepareTable(seeing(["index"], [...setup.wanted, "index"]), setup, make);
    await prepareTable(seeing(setup.wanted, [...setup.wanted, "index"]), setup, make);
  });

  test("a table whose parts stay missing is foreign", async () => {
    const error = await failure(prepareTable(seeing([], ["index"]), setup, () => {}));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain('2 of its parts differ, the first is "kind"');
  });
});
