import type { StoreCall } from "../../types/store.ts";
import { type SqlDriver, type SqlErrorPolicy, serverClient } from "./server-client.ts";
import type { SqlClient } from "./store.ts";
import { prepareTable, type TableSetup } from "./table.ts";

export interface SqlServer {
  /** The application's client, or one that is opened now. */
  open(): SqlDriver | Promise<SqlDriver>;
  readonly verdict: SqlErrorPolicy;
  /** Looks at the connection before the first use of a table. */
  check?(client: SqlClient, call: StoreCall): Promise<void>;
  readonly setup: TableSetup;
  /** One statement that makes the table and its indexes, all or nothing; it does not change one that exists. */
  readonly make: string;
}

/** Milliseconds; longer than others may need to make the same table. */
const timeLimit = 30_000;

/** Gives a client whose table is ready. What was opened for it is closed again when that fails. */
export async function connectServer({ open, verdict, check, setup, make }: SqlServer): Promise<SqlClient> {
  const driver = await open();
  const client = serverClient(driver, verdict);
  try {
    const call = { signal: AbortSignal.timeout(timeLimit) };
    await check?.(client, call);
    await prepareTable(client, setup, () => client.run(make, [], call), call);
  } catch (error) {
    await driver.close();
    throw error;
  }
  return client;
}
