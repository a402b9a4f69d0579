import { invalidOption, SessionError } from "../../types/errors.ts";

export type MongodbDocument = Readonly<Record<string, unknown>>;

/** What is used of a collection: a `Collection` of the package mongodb, 6.20 or newer, has it. */
export interface MongodbCollection {
  readonly collectionName: string;
  readonly db: MongodbDatabase;
}

export interface MongodbDatabase {
  /** Sends a command once: unlike the methods of a collection it is never repeated behind the caller's back. */
  command(command: MongodbDocument, options?: MongodbCommandOptions): Promise<MongodbDocument>;
}

export interface MongodbCommandOptions {
  readonly signal?: AbortSignal;
  /** False: text of others that is no UTF-8 is read with replacement characters instead of failing. */
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

const importDriver: LoadDriver = () => import("mongodb");

/** Less than the time that a request gives the store, so that it learns why no server could be had. */
const selectionTimeout = 1_500;
const connectTimeout = 5_000;

/** Makes a client, which connects when it is first used. @throws SessionError */
export async function openClient(
  url: string,
  database: string | undefined,
  collection: string,
  load: LoadDriver = importDriver,
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
      'The session store needs the package mongodb for its url: run "npm install mongodb", or give it a collection of your own client.',
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

/** What the URL itself says goes first. */
function timeouts(url: string): Record<string, unknown> {
  const chosen = { serverSelectionTimeoutMS: selectionTimeout, connectTimeoutMS: connectTimeout };
  return Object.fromEntries(Object.entries(chosen).filter(([name]) => !new RegExp(`[?&]${name}=`, "i").test(url)));
}
