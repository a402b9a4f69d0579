import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import { type MongodbCollection, openClient } from "./client.ts";
import type { OpenCollection } from "./connection.ts";

/** Options of `mongodbStore()`. */
export interface MongodbStoreOptions {
  /** `mongodb://…` or `mongodb+srv://…`: the store opens its own client with the package mongodb, and closes it. */
  readonly url?: string | undefined;
  /** The database, with `url` only. @default the database that the url names, else "test" */
  readonly database?: string | undefined;
  /**
   * A `Collection` of the application's client (package mongodb, 6.20 or newer), which stays open when the store is closed;
   * with `url`, the name of a collection.
   *
   * @default "coatcheck_sessions"
   */
  readonly collection?: MongodbCollection | string | undefined;
  /** False: the indexes must exist; `mongodbIndexes()` returns them. @default true */
  readonly createIndexes?: boolean | undefined;
}

export interface CollectionLocation {
  /** The name of the collection. */
  readonly name: string;
  readonly createIndexes: boolean;
  open(): Promise<OpenCollection>;
}

const known: Known<MongodbStoreOptions> = { url: true, database: true, collection: true, createIndexes: true };

/** @throws SessionError INVALID_OPTION */
export function collectionLocation(options: MongodbStoreOptions): CollectionLocation {
  checkKeys(options, known, "mongodbStore()");
  const { url, database, collection = "coatcheck_sessions", createIndexes = true } = options;
  if (typeof createIndexes !== "boolean") throw invalidOption("createIndexes must be true or false.");
  if (typeof collection === "object") {
    if (url !== undefined || database !== undefined) {
      throw invalidOption('mongodbStore takes "url" and "database", or a collection of a client, but not both.');
    }
    if (!isCollection(collection)) throw foreignCollection();
    const open = async (): Promise<OpenCollection> => ({ collection, close: async () => {} });
    return { name: collection.collectionName, createIndexes, open };
  }
  checkUrl(url);
  checkDatabase(database);
  const name = checkName(collection);
  return { name, createIndexes, open: () => openClient(url, database, name) };
}

function checkUrl(url: string | undefined): asserts url is string {
  if (url === undefined) {
    throw invalidOption(
      'mongodbStore needs a "url" ("mongodb://…"), or as "collection" a Collection of your own client.',
    );
  }
  if (typeof url === "string" && /^mongodb(\+srv)?:\/\/./.test(url)) return;
  throw invalidOption(
    'url must begin with "mongodb://" or "mongodb+srv://", for instance "mongodb://127.0.0.1:27017/app".',
  );
}

function checkDatabase(database: string | undefined): void {
  if (database === undefined || (typeof database === "string" && /^[\w-]{1,63}$/.test(database))) return;
  throw invalidOption("database must be a name of 1 to 63 letters, digits, underscores and hyphens.");
}

function checkName(collection: string): string {
  // MongoDB limits the length of the collection's name together with the database's, so allow 120 characters.
  if (
    typeof collection === "string" &&
    /^(?!system\.)[A-Za-z_][\w-]*(\.[\w-]+)*$/.test(collection) &&
    collection.length <= 120
  ) {
    return collection;
  }
  throw invalidOption(
    'collection must be a Collection of the package mongodb, or with "url" a name of 1 to 120 letters, digits, underscores, hyphens and dots that begins with a letter or underscore, and not with "system.".',
  );
}

const isCollection = (collection: MongodbCollection | null): boolean =>
  typeof collection?.collectionName === "string" && typeof collection.db?.command === "function";

const foreignCollection = () =>
  invalidOption(
    "collection must be a Collection of the package mongodb, 6.20 or newer: the store sends its commands by collection.db.command().",
  );
