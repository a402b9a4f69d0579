import { invalidOption, SessionError } from "../../types/errors.ts";
import { loadMongodb } from "../shared/packages/mongodb.ts";

/** A document or a command, as the package `mongodb` takes it. */
export type MongodbDocument = Readonly<Record<string, unknown>>;

/** The part of a `Collection` of the package mongodb, 6.20 or newer, that the store uses. */
export interface MongodbCollection {
  readonly collectionName: string;
  readonly db: MongodbDatabase;
}

/** The part of a `Db` of the package `mongodb` that the store uses. */
export interface MongodbDatabase {
  /** Sends a command once. The driver retries the methods of a collection, but never this. */
  command(command: MongodbDocument, options?: MongodbCommandOptions): Promise<MongodbDocument>;
}

/** The options of a command that the store sets. */
export interface MongodbCommandOptions {
  readonly signal?: AbortSignal;
  /** False: strings that are not UTF-8 are read with replacement characters instead of failing. */
  readonly enableUtf8Validation?: boolean;
}

/** A client that the store opened itself. */
export interface OwnClient {
  readonly collection: MongodbCollection;
  close(): Promise<void>;
}

interface Driver {
  readonly MongoClient: new (
    url: string,
    options: Record<string, unknown>,
  ) => {
    db(name?: string): { collection(name: string): MongodbCollection };
    close(): Promise<void>;
  };
}

export type LoadDriver = () => Promise<unknown>;

/** Shorter than the default `storeTimeout`, so that the error says why no server was available. */
const selectionTimeout = 1_500;
const connectTimeout = 5_000;

/** Creates a client, which connects on first use. @throws SessionError */
export async function openClient(
  url: string,
  database: string | undefined,
  collection: string,
  load: LoadDriver = loadMongodb,
): Promise<OwnClient> {
  const { MongoClient } = await findDriver(load);
  const client = makeClient(() => new MongoClient(url, timeouts(url)));
  return { collection: client.db(database).collection(collection), close: () => client.close() };
}

async function findDriver(load: LoadDriver): Promise<Driver> {
  try {
    return (await load()) as Driver;
  } catch (cause) {
    throw new SessionError(
      "STORE_UNAVAILABLE",
      'The session store needs the package mongodb for its url: run "npm install mongodb", or pass it a collection of your own client.',
      { cause },
    );
  }
}

function makeClient<Client>(make: () => Client): Client {
  try {
    return make();
  } catch {
    // The driver's own message may quote the URL, which holds the password.
    throw invalidOption(
      "The driver of MongoDB refused the url of the session store. Check the names of its options, and that special characters of the user's name and password are percent-encoded.",
    );
  }
}

/** Returns the time-outs that the URL does not set itself. */
function timeouts(url: string): Record<string, unknown> {
  const chosen = { serverSelectionTimeoutMS: selectionTimeout, connectTimeoutMS: connectTimeout };
  return Object.fromEntries(Object.entries(chosen).filter(([name]) => !new RegExp(`[?&]${name}=`, "i").test(url)));
}
