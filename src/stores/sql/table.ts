import { invalidOption, SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import { reason } from "../shared/client-error.ts";
import type { SqlClient } from "./store.ts";

/** A table that is to be ready for the session store. */
export interface TableCheck {
  readonly table: string;
  /** What tells the application how to make the table: the call of `storeSchema`. */
  readonly recipe: string;
  /** What the table must have, in the words of the parts that are found. It may have more. */
  readonly wanted: readonly string[];
}

export interface TableSetup extends TableCheck {
  readonly create: boolean;
  /** Asks for the table's parts, a row each. No rows where there is no table. */
  readonly parts: string;
}

/**
 * Sees to it that the table is there and is ours; never changes one that exists.
 *
 * @param make makes the table with its indexes, all or nothing
 * @throws SessionError
 */
export async function prepareTable(
  client: Pick<SqlClient, "all">,
  setup: TableSetup,
  make: () => unknown,
  call?: StoreCall,
): Promise<void> {
  const look = async (): Promise<string[]> => {
    const rows = await client.all(setup.parts, [], call);
    return rows.map(([part]) => String(part));
  };
  const isThere = async (): Promise<boolean> => {
    const seen = await look();
    // MySQL reads the parts one after the other, and may have found some while another process made the table: a second look sees all.
    return isOurs(setup, seen.length > 0 && lacking(setup, seen).length > 0 ? await look() : seen);
  };
  if (await isThere()) return;
  if (!setup.create) throw missingTable(setup);
  try {
    await make();
  } catch (error) {
    // Somebody else, who does not wait for others, may have made it first.
    if (await isThere()) return;
    throw unmade(setup, error);
  }
  if (!(await isThere())) throw unmade(setup, "It is not there afterwards.");
}

/** False: there is no such table. @throws SessionError INVALID_OPTION when it is one of somebody else's */
export function isOurs(check: TableCheck, present: readonly string[]): boolean {
  if (present.length === 0) return false;
  const { length, 0: first } = lacking(check, present);
  if (length === 0) return true;
  const { table, recipe } = check;
  throw invalidOption(
    `The table "${table}" is not one of the session store (${length} of its parts differ, the first is "${first}"), and it was left as it is. Give the store another name with "table", or make this one with the statements of ${recipe}.`,
  );
}

function lacking({ wanted }: TableCheck, present: readonly string[]): string[] {
  const parts = new Set(present);
  return wanted.filter((part) => !parts.has(part));
}

export function missingTable({ table, recipe }: TableCheck): SessionError {
  return invalidOption(
    `The session table "${table}" does not exist and createTable is false. Make it with the statements of ${recipe}.`,
  );
}

function unmade({ table, recipe }: TableCheck, cause: unknown): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    `The session table "${table}" could not be made. If this role may not do it, make the table with the statements of ${recipe}. ${reason(cause)}`,
    { cause },
  );
}
