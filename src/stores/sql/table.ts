import { invalidOption, SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import { reason } from "../shared/client-error.ts";
import type { SqlClient } from "./store.ts";

/** The requirements for the session table. */
export interface TableCheck {
  readonly table: string;
  /** The call of `storeSchema` that prints the statements of the table. */
  readonly schemaHint: string;
  /** The parts that the table must have, spelled as `partsQuery` returns them. It may have more. */
  readonly wanted: readonly string[];
}

export interface TableSetup extends TableCheck {
  readonly create: boolean;
  /** Selects the table's parts, one per row. Returns no rows if there is no table. */
  readonly partsQuery: string;
}

/**
 * Ensures that the session table exists. Never changes an existing table.
 *
 * @param createTable creates the table with its indexes, all or nothing
 * @throws SessionError
 */
export async function prepareTable(
  client: Pick<SqlClient, "all">,
  setup: TableSetup,
  createTable: () => unknown,
  call?: StoreCall,
): Promise<void> {
  const readParts = async (): Promise<string[]> => {
    const rows = await client.all(setup.partsQuery, [], call);
    return rows.map(([part]) => String(part));
  };
  const isThere = async (): Promise<boolean> => {
    const seen = await readParts();
    // MySQL reads the parts one after the other, so it may find only some while another process creates the table: read again.
    return isSessionTable(setup, seen.length > 0 && missingParts(setup, seen).length > 0 ? await readParts() : seen);
  };
  if (await isThere()) return;
  if (!setup.create) throw missingTable(setup);
  try {
    await createTable();
  } catch (error) {
    // Another process may have created the table first.
    if (await isThere()) return;
    throw creationFailed(setup, error);
  }
  if (!(await isThere())) throw creationFailed(setup, "It does not exist afterwards.");
}

/** Returns false if there is no such table. @throws SessionError INVALID_OPTION if it is not a session table */
export function isSessionTable(check: TableCheck, present: readonly string[]): boolean {
  if (present.length === 0) return false;
  const { length, 0: first } = missingParts(check, present);
  if (length === 0) return true;
  const { table, schemaHint } = check;
  throw invalidOption(
    `The table "${table}" is not one of the session store (${length} of its parts differ, the first is "${first}"), and it was left as it is. Give the store another name with "table", or create this one with the statements of ${schemaHint}.`,
  );
}

function missingParts({ wanted }: TableCheck, present: readonly string[]): string[] {
  const parts = new Set(present);
  return wanted.filter((part) => !parts.has(part));
}

export function missingTable({ table, schemaHint }: TableCheck): SessionError {
  return invalidOption(
    `The session table "${table}" does not exist and createTable is false. Create it with the statements of ${schemaHint}.`,
  );
}

function creationFailed({ table, schemaHint }: TableCheck, cause: unknown): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    `The session table "${table}" could not be created. If this role may not create tables, run the statements of ${schemaHint}. ${reason(cause)}`,
    { cause },
  );
}
