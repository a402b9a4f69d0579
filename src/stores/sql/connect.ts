import type { StoreCall } from "../../types/store.ts";
import type { SqlClient } from "./client.ts";
import { type SqlDriver, type SqlErrorPolicy, serverClient } from "./server-client.ts";
import { prepareTable, type TableSetup } from "./table.ts";

export interface SqlServer {
  /** Returns the application's client, or opens one. */
  open(): SqlDriver | Promise<SqlDriver>;
  readonly errorPolicy: SqlErrorPolicy;
  /** Checks the connection before the first use of the table. */
  check?(client: SqlClient, call: StoreCall): Promise<void>;
  readonly setup: TableSetup;
  /** One statement that creates the table and its indexes atomically. It does not change an existing table. */
  readonly createStatement: string;
}

/** Longer than another process may need to create the same table. */
const setupTimeoutMs = 30_000;

/** Connects and prepares the table. Closes the driver again if that fails. @throws SessionError */
export async function connectServer({
  open,
  errorPolicy,
  check,
  setup,
  createStatement,
}: SqlServer): Promise<SqlClient> {
  const driver = await open();
  const client = serverClient(driver, errorPolicy);
  try {
    const call = { signal: AbortSignal.timeout(setupTimeoutMs) };
    await check?.(client, call);
    const schema = await prepareTable(client, setup, () => client.run(createStatement, [], call), call);
    return { ...client, schema };
  } catch (error) {
    await driver.close();
    throw error;
  }
}
