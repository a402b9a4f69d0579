import type { Import } from "./code.ts";

/** A store that sessions may be kept in. */
export interface StoreChoice {
  readonly name: string;
  /** For the question. */
  readonly about: string;
  /** Packages of which the application needs one, the usual one first. */
  readonly drivers: readonly string[];
  readonly import: Import;
  /** Lines before the manager. */
  readonly before?: readonly string[];
  /** The value of `store`. */
  readonly value: string;
  /** Whether the file reads the environment, so that TypeScript needs Node's types. */
  readonly readsEnvironment: boolean;
  /** The URL for this command, if it is not in the environment of the application. */
  readonly url?: string;
}

function onServer(name: string, about: string, drivers: readonly string[], url: string): StoreChoice {
  return {
    name,
    about,
    drivers,
    import: { from: `coatcheck/stores/${name}`, names: [`${name}Store`] },
    value: `${name}Store({ url: process.env.SESSION_STORE ?? "${url}" })`,
    readsEnvironment: true,
  };
}

export const storeChoices: readonly StoreChoice[] = [
  {
    name: "sqlite",
    about: "SQLite, a file on this host",
    drivers: ["libsql", "better-sqlite3"],
    import: { from: "coatcheck/stores/sqlite", names: ["sqliteStore"] },
    value: 'sqliteStore({ path: "data/sessions.db" })',
    readsEnvironment: false,
    url: "sqlite:data/sessions.db",
  },
  onServer("postgres", "PostgreSQL", ["pg", "postgres"], "postgres://localhost:5432/app"),
  onServer("mysql", "MySQL or MariaDB", ["mysql2"], "mysql://localhost:3306/app"),
  onServer("redis", "Redis or Valkey", ["redis", "ioredis"], "redis://localhost:6379"),
  onServer("mongodb", "MongoDB", ["mongodb"], "mongodb://localhost:27017/app"),
  {
    name: "file",
    about: "plain files on this host, for some thousand sessions",
    drivers: [],
    import: { from: "coatcheck/stores/file", names: ["fileStore"] },
    value: 'fileStore({ path: "data/sessions" })',
    readsEnvironment: false,
    url: "file:data/sessions",
  },
  {
    name: "cookie",
    about: "an encrypted cookie, nothing on the server: such sessions cannot be listed",
    drivers: [],
    import: { from: "coatcheck/stores/cookie", names: ["cookieStore"] },
    before: [
      "// The key that seals, and after it older ones that still open, with commas between them.",
      "const keys = process.env.SESSION_KEYS;",
      'if (!keys) throw new Error("SESSION_KEYS is not set. Make a key by: npx coatcheck key");',
      "",
    ],
    value: 'cookieStore({ keys: keys.split(",") })',
    readsEnvironment: true,
  },
];
