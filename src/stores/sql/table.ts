import { invalidOption, SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import { reason } from "../shared/client-error.ts";
import type { StoreWarnings } from "../shared/warnings.ts";
import type { SqlClient } from "./client.ts";
import type { WantedIndex } from "./statements.ts";

/** The requirements for the session table. */
export interface TableCheck {
  readonly table: string;
  /** The call of `storeSchema` that prints the statements of the table. */
  readonly schemaHint: string;
  /** The parts that the table must have, spelled as `partsQuery` returns them. It may have more. */
  readonly wanted: readonly string[];
  /** The indexes that it should have: without them the store is slow. */
  readonly indexes: readonly WantedIndex[];
  readonly warnings: StoreWarnings;
}

export interface TableSetup extends TableCheck {
  readonly create: boolean;
  /** Selects the table's parts, one per row. Returns no rows if there is no table. */
  readonly partsQuery: string;
  /** A further check, with its query, for a table that has passed this one. */
  readonly next?: { readonly check: TableCheck; readonly partsQuery: string } | undefined;
}

/**
 * Ensures that the session table exists. Never changes an existing table. Returns the schema that it is in, if the database
 * has schemas.
 *
 * @param createTable creates the table with its indexes, all or nothing
 * @throws SessionError
 */
export async function prepareTable(
  client: Pick<SqlClient, "all">,
  setup: TableSetup,
  createTable: () => unknown,
  call?: StoreCall,
): Promise<string | undefined> {
  const { next, partsQuery } = setup;
  const readParts = async (query: string): Promise<string[]> => {
    const rows = await client.all(query, [], call);
    return rows.map(([part]) => String(part));
  };
  const find = async (): Promise<readonly string[] | undefined> => {
    const seen = await readParts(partsQuery);
    const isPartial = seen.length > 0 && missingParts(setup, seen).length + missingIndexes(setup, seen).length > 0;
    // MySQL reads the parts one after the other, so it may find only some while another process creates the table: read again.
    const parts = isPartial ? await readParts(partsQuery) : seen;
    if (!isSessionTable(setup, parts)) return undefined;
    if (next) isSessionTable(next.check, await readParts(next.partsQuery));
    return parts;
  };
  const create = async (): Promise<readonly string[]> => {
    if (!setup.create) throw missingTable(setup);
    let failure: unknown = "It does not exist afterwards.";
    try {
      await createTable();
    } catch (error) {
      // Another process may have created the table first.
      failure = error;
    }
    const created = await find();
    if (created === undefined) throw creationFailed(setup, failure);
    return created;
  };
  const parts = (await find()) ?? (await create());
  return parts.find((part) => part.startsWith(schemaPart))?.slice(schemaPart.length);
}

/** Begins the part that names the table's schema. */
const schemaPart = "schema ";

/** Returns false if there is no such table. Warns of missing indexes. @throws SessionError INVALID_OPTION if it is not a session table */
export function isSessionTable(check: TableCheck, present: readonly string[]): boolean {
  if (present.length === 0) return false;
  const { table, schemaHint, warnings } = check;
  const { length, 0: first } = missingParts(check, present);
  if (length > 0) {
    throw invalidOption(
      `The table "${table}" is not one of the session store (${length} of its parts differ, the first is "${first}"), and it was left as it is. Give the store another name with "table", or create this one with the statements of ${schemaHint}.`,
    );
  }
  const missing = missingIndexes(check, present);
  if (missing.length > 0) {
    const statements = missing.map(({ statement }) => `${statement};`).join(" ");
    warnings.warn(
      "MISSING_INDEX",
      `The session table "${table}" lacks ${missing.length === 1 ? "an index" : `${missing.length} indexes`}, so some operations of the session store read the whole table. Run: ${statements}`,
    );
  }
  return true;
}

function missingParts({ wanted }: TableCheck, present: readonly string[]): string[] {
  const parts = new Set(present);
  return wanted.filter((part) => !parts.has(part));
}

/** An index with further columns serves too. */
const missingIndexes = ({ indexes }: TableCheck, present: readonly string[]): readonly WantedIndex[] =>
  indexes.filter(({ part }) => !present.some((seen) => seen === part || seen.startsWith(`${part} `)));

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
