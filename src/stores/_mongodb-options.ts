import { invalidOption } from "../core/errors.ts";
import { type MongodbCollection, openClient } from "./_mongodb-client.ts";
import type { OpenCollection } from "./_mongodb-connection.ts";

export interface MongodbOptions {
  readonly url?: string | undefined;
  readonly database?: string | undefined;
  readonly collection?: MongodbCollection | string | undefined;
}

/** Where the sessions are kept. */
export interface Place {
  /** The collection's. */
  readonly name: string;
  open(): Promise<OpenCollection>;
}

/** @throws SessionError INVALID_OPTION */
export function placeOf({ url, database, collection = "coatcheck_sessions" }: MongodbOptions): Place {
  if (typeof collection === "object") {
    if (url !== undefined || database !== undefined) {
      throw invalidOption('mongodbStore takes "url" and "database", or a collection of a client, but not both.');
    }
    if (!isCollection(collection)) throw foreignCollection();
    return { name: collection.collectionName, open: async () => ({ collection, close: async () => {} }) };
  }
  checkUrl(url);
  checkDatabase(database);
  const name = checkName(collection);
  return { name, open: () => openClient(url, database, name) };
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
  // 120 characters is what MongoDB has together with the name of the database.
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
