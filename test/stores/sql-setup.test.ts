import { expect, test } from "vitest";
import { startWorker } from "../_processes.ts";
import { hasMysql, hasPostgres, kept, mysqlEngine, mysqlUrl, newTable, postgresEngine, postgresUrl } from "./_sql.ts";

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
        kept(startWorker("../stores/_sql-worker.ts", [engine.database, url()]), (worker) => worker.kill("SIGKILL")),
      );
      const said = () => Promise.all(workers.map((worker) => worker.line()));
      expect(new Set(await said())).toEqual(new Set(["started"]));
      for (let round = 0; round < rounds; round++) {
        const table = newTable(engine);
        for (const worker of workers) worker.write(`${table}\n`);
        expect(new Set(await said())).toEqual(new Set(["ready"]));
        expect(await engine.query(`SELECT * FROM ${table}`)).toEqual([]);
      }
    },
  );
}
