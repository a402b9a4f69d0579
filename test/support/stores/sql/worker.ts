import { createInterface } from "node:readline";
import { mysqlStore } from "../../../../src/stores/mysql/index.ts";
import { postgresStore } from "../../../../src/stores/postgres/index.ts";

/** For each line, which names a table: gets it ready while other processes do the same, and says how that went. */
const [database, url = ""] = process.argv.slice(2);
const open = database === "postgres" ? postgresStore : mysqlStore;

process.stdout.write("started\n");
for await (const table of createInterface(process.stdin)) {
  const store = open({ url, table });
  const said = await store.setup?.().then(
    () => "ready",
    (error: unknown) => String(error),
  );
  process.stdout.write(`${said}\n`);
  await store.close?.();
}
