import { EventEmitter } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import type { KeyvStoreAdapter, StoredData } from "keyv";
import Database from "libsql";

/** A storage adapter for Keyv over a SQLite file. Each operation takes a turn of the event loop, as with a server. */
export class KeyvSqlite extends EventEmitter implements KeyvStoreAdapter {
  readonly opts: object;
  namespace?: string | undefined;
  readonly #database: Database.Database;

  constructor(path: string, dialect = "sqlite") {
    super();
    this.opts = { dialect, url: "" };
    this.#database = new Database(path);
    this.#database.exec("CREATE TABLE IF NOT EXISTS keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL)");
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    await turn();
    const row = this.#database.prepare("SELECT value FROM keyv WHERE key = ?").get(key) as { value: Value } | undefined;
    return row?.value;
  }

  async set(key: string, value: unknown): Promise<void> {
    await turn();
    this.#database.prepare("INSERT OR REPLACE INTO keyv (key, value) VALUES (?, ?)").run(key, value);
  }

  async delete(key: string): Promise<boolean> {
    await turn();
    return this.#database.prepare("DELETE FROM keyv WHERE key = ?").run(key).changes > 0;
  }

  async clear(): Promise<void> {
    this.#database.exec("DELETE FROM keyv");
  }

  async *iterator<Value>(): AsyncGenerator<Array<string | Awaited<Value> | undefined>, void> {
    for (const { key, value } of this.#database.prepare("SELECT key, value FROM keyv").all() as Row<Value>[]) {
      await turn();
      yield [key, value];
    }
  }

  async disconnect(): Promise<void> {
    this.#database.close();
  }
}

interface Row<Value> {
  readonly key: string;
  readonly value: Awaited<Value>;
}
