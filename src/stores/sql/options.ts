import { invalidOption } from "../../types/errors.ts";
import { type TableName, tableName } from "./statements.ts";

export interface TableOptions {
  readonly table?: string | undefined;
  readonly schema?: string | undefined;
  readonly createTable?: boolean | undefined;
}

/** The table of the sessions, and whether the store may create it. */
export interface TableLocation {
  readonly name: TableName;
  readonly create: boolean;
}

/** @throws SessionError INVALID_OPTION */
export function tableLocation({ table, schema, createTable = true }: TableOptions): TableLocation {
  if (typeof createTable !== "boolean") throw invalidOption("createTable must be true or false.");
  if (schema !== undefined && !(typeof schema === "string" && /^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(schema))) {
    throw invalidOption(
      "schema must be a name of 1 to 63 letters, digits and underscores that does not begin with a digit.",
    );
  }
  return { name: { table: tableName(table), schema }, create: createTable };
}

/** Returns the call that prints the statements of a table, for error messages. */
export function schemaHint(database: string, { table, schema }: TableName): string {
  const place = schema === undefined ? `{ table: "${table}" }` : `{ table: "${table}", schema: "${schema}" }`;
  return `storeSchema("${database}", ${place})`;
}
