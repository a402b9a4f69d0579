import type { SqlClient } from "./_sql.ts";
import { type SqlDriver, type SqlVerdict, serverClient } from "./_sql-server.ts";
import { prepareTable, type TableSetup } from "./_sql-table.ts";

export interface SqlServer {
  /** The application's client, or one that is opened now. */
  open(): SqlDriver | Promise<SqlDriver>;
  readonly verdict: SqlVerdict;
  readonly setup: TableSetup;
}

/** Gives a client whose table is ready. What was opened for it is closed again when that fails. */
export async function connectServer({ open, verdict, setup }: SqlServer): Promise<SqlClient> {
  const driver = await open();
  const client = serverClient(driver, verdict);
  try {
    await prepareTable(client, setup);
  } catch (error) {
    await driver.close();
    throw error;
  }
  return client;
}
