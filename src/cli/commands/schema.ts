import { type SqlDatabase, storeSchema } from "../../stores/schema/index.ts";
import { type Command, textOf } from "../command.ts";
import { misuse } from "../stop.ts";

/** What people call the databases. */
const engines: Readonly<Record<string, SqlDatabase>> = {
  postgres: "postgres",
  postgresql: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
  sqlite: "sqlite",
  d1: "sqlite",
};

const choices: readonly string[] = Object.keys(engines);

export const schema: Command = {
  name: "schema",
  summary: "Prints the SQL that creates the table, for migrations",
  operands: "<engine>",
  operandCount: [1, 1],
  choices,
  options: {
    table: { value: "<name>", about: 'the name of the table; "coatcheck_sessions" if not given' },
    schema: { value: "<name>", about: "the PostgreSQL schema that the table is in" },
  },
  about: [`Engines: ${choices.join(", ")}. Redis, MongoDB and files need none.`],
  examples: [
    "coatcheck schema postgres > migrations/001_sessions.sql",
    "coatcheck schema sqlite --table visits | sqlite3 app.db",
  ],
  run: async (input) => {
    const [engine = ""] = input.operands;
    const database = Object.hasOwn(engines, engine) ? engines[engine] : undefined;
    if (!database) {
      throw misuse(`There is no table for "${engine}". Engines: ${choices.join(", ")}. Other stores need no table.`);
    }
    const sql = storeSchema(database, { table: textOf(input, "table"), schema: textOf(input, "schema") });
    return { lines: [sql.trimEnd()], data: { engine: database, sql } };
  },
};
