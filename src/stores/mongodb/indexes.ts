import { invalidOption, SessionError } from "../../types/errors.ts";
import { codeOf, reason } from "../shared/client-error.ts";
import type { StoreWarnings } from "../shared/warnings.ts";
import type { MongodbCollection, MongodbDocument } from "./client.ts";

/** An index that the store needs, as `createIndexes` takes it. */
export interface MongodbIndex {
  readonly name: string;
  readonly key: Readonly<Record<string, 1>>;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: MongodbDocument;
}

/** How long after its expiry MongoDB itself deletes a session. Long enough for clocks that disagree. */
const ttlDelaySeconds = 86_400;

/** By expiry for `prune`, by user and by age for `list`. */
export const indexes: readonly MongodbIndex[] = [
  {
    name: "coatcheck_expiry",
    key: { expiresAt: 1 },
    expireAfterSeconds: ttlDelaySeconds,
    // The application's own documents in the same collection do not expire.
    partialFilterExpression: { version: { $exists: true } },
  },
  {
    name: "coatcheck_user",
    key: { "_id.namespace": 1, userId: 1, createdAt: 1, "_id.id": 1 },
    partialFilterExpression: { userId: { $exists: true } },
  },
  { name: "coatcheck_age", key: { "_id.namespace": 1, createdAt: 1, "_id.id": 1 } },
];

/** Used instead of the signal of one operation, because other operations wait for the same setup. */
const setupTimeoutMs = 5_000;

type RunCommand = (command: MongodbDocument) => Promise<MongodbDocument>;

/**
 * Ensures that the indexes exist, and warns of those that do not: without them the store is slow. Never changes an existing
 * index. If several processes start at once, the server creates the indexes once.
 *
 * @throws SessionError
 */
export async function prepareIndexes(
  { db, collectionName: collection }: MongodbCollection,
  create: boolean,
  { warn }: StoreWarnings,
): Promise<void> {
  const run: RunCommand = (command) => db.command(command, { signal: AbortSignal.timeout(setupTimeoutMs) });
  try {
    const present = await existing(run, collection);
    // Without permission to list the indexes, rely on `createIndexes: false`: they exist.
    if (present === undefined && !create) return;
    const seen = present ?? [];
    checkCollation(seen, collection);
    checkHarmless(seen, collection);
    const missing = indexes.filter((index) => !seen.some((other) => shape(other) === shape(index)));
    if (missing.length === indexes.length && !create) throw missingIndexes(missing, collection);
    const isTaken = ({ name }: MongodbIndex): boolean => seen.some((other) => other.name === name);
    const creatable = create ? missing.filter((index) => !isTaken(index)) : [];
    const isKnown = missing.length < indexes.length;
    const isCreated = creatable.length > 0 && (await createAll(run, collection, creatable, isKnown));
    const lacking = isCreated ? missing.filter(isTaken) : missing;
    if (lacking.length > 0) warn("MISSING_INDEX", lacks(lacking, collection));
  } catch (error) {
    throw setupError(collection, error);
  }
}

/**
 * Returns false if an index that exists is in the way, or if the user may not create one.
 *
 * @param isKnown whether the collection has other indexes of the store, so that it is a session collection
 */
async function createAll(
  run: RunCommand,
  collection: string,
  indexes: readonly MongodbIndex[],
  isKnown: boolean,
): Promise<boolean> {
  try {
    await run({ createIndexes: collection, indexes, writeConcern: { w: "majority" } });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === IndexOptionsConflict || code === IndexKeySpecsConflict) return false;
    if (code === Unauthorized && isKnown) return false;
    throw error;
  }
}

/** Returns `undefined` without permission to list the indexes. */
async function existing(run: RunCommand, collection: string): Promise<readonly MongodbDocument[] | undefined> {
  try {
    const { cursor } = await run({ listIndexes: collection, cursor: { batchSize: 1_000 } });
    return Object(cursor).firstBatch;
  } catch (error) {
    if (codeOf(error) === NamespaceNotFound) return [];
    if (codeOf(error) === Unauthorized) return undefined;
    throw error;
  }
}

const Unauthorized = 13;
const NamespaceNotFound = 26;
const IndexOptionsConflict = 85;
const IndexKeySpecsConflict = 86;

/** Under a collation two distinct ids could be equal. All indexes, `_id` included, have the collation of the collection. */
function checkCollation(present: readonly MongodbDocument[], collection: string): void {
  if (!present.some(({ name, collation }) => name === "_id_" && collation !== undefined)) return;
  throw invalidOption(
    `The collection "${collection}" has a collation, under which different session ids could be taken for one another. Give the store one that was created without a collation.`,
  );
}

/** @throws SessionError INVALID_OPTION if an index by a name of the store deletes live sessions, or refuses new ones */
function checkHarmless(present: readonly MongodbDocument[], collection: string): void {
  for (const { name, key, unique, expireAfterSeconds } of present) {
    const deletesLive = expireAfterSeconds !== undefined && JSON.stringify(key) !== JSON.stringify({ expiresAt: 1 });
    if (!indexes.some((index) => index.name === name) || !(unique === true || deletesLive)) continue;
    throw invalidOption(
      `The index "${name}" of the collection "${collection}" is not the one that the session store creates: it ${deletesLive ? "deletes live sessions" : "refuses sessions"}. It was left unchanged. Drop it, or give the store a collection of its own. mongodbIndexes() returns what is needed.`,
    );
  }
}

/** Returns everything that affects what an index finds, rejects or deletes. */
function shape(index: MongodbDocument | MongodbIndex): string {
  const { key, expireAfterSeconds, partialFilterExpression, unique, sparse, collation } = index as MongodbDocument;
  return JSON.stringify([
    key,
    expireAfterSeconds,
    partialFilterExpression,
    unique || undefined,
    sparse || undefined,
    collation,
  ]);
}

function lacks(missing: readonly MongodbIndex[], collection: string): string {
  const statements = missing.map(
    ({ key, ...options }) =>
      `db.getCollection("${collection}").createIndex(${JSON.stringify(key)}, ${JSON.stringify(options)});`,
  );
  return `The collection "${collection}" lacks ${missing.length === 1 ? "an index" : `${missing.length} indexes`}, so some operations of the session store read the whole collection. Where another index has the name or the key, drop it first. Run: ${statements.join(" ")}`;
}

function missingIndexes(missing: readonly MongodbIndex[], collection: string): SessionError {
  const names = missing.map(({ name }) => `"${name}"`).join(", ");
  return invalidOption(
    `The collection "${collection}" lacks the index ${names} and createIndexes is false. Create it with collection.createIndexes(mongodbIndexes()).`,
  );
}

function setupError(collection: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const hint =
    codeOf(cause) === Unauthorized
      ? " Give the user the role readWrite, or create the indexes of mongodbIndexes() as another user and set createIndexes to false."
      : "";
  return new SessionError(
    "STORE_UNAVAILABLE",
    `MongoDB could not prepare the session collection "${collection}".${hint} It says: ${reason(cause)}`,
    { cause },
  );
}
