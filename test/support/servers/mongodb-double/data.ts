import { openSync, readFileSync, writeSync } from "node:fs";
import { type Doc, decode, encode, keyText } from "./bson.ts";

export interface Collection {
  readonly documents: Map<string, Doc>;
  indexes: Doc[];
}

/** What the double keeps: in memory, and in a file that is read again after a restart, also after kill -9. */
export interface Data {
  find(namespace: string): Collection | undefined;
  names(): string[];
  put(namespace: string, document: Doc): void;
  remove(namespace: string, document: Doc): void;
  /** Makes the collection where it is not there. */
  setIndexes(namespace: string, indexes: Doc[]): void;
  drop(namespace: string): void;
}

/** What every collection has. */
export const idIndex = (collation?: unknown): Doc => ({
  v: 2,
  key: { _id: 1 },
  name: "_id_",
  ...(collation === undefined ? {} : { collation }),
});

export function openData(file: string): Data {
  const collections = new Map<string, Collection>();
  const journal = openSync(file, "a");

  const collection = (namespace: string): Collection => {
    const known = collections.get(namespace);
    if (known) return known;
    const made = { documents: new Map<string, Doc>(), indexes: [idIndex()] };
    collections.set(namespace, made);
    return made;
  };
  const apply = ({ namespace, put, remove, indexes }: Doc): void => {
    const name = namespace as string;
    if (put) collection(name).documents.set(keyText((put as Doc)._id), put as Doc);
    else if (remove) collection(name).documents.delete(keyText((remove as Doc)._id));
    else if (indexes) collection(name).indexes = indexes as Doc[];
    else collections.delete(name);
  };
  const record = (entry: Doc): void => {
    // The OS has it when this returns, so it outlives the process.
    writeSync(journal, encode(entry));
    apply(entry);
  };

  for (const entry of entriesOf(readFileSync(file))) apply(entry);
  return {
    find: (namespace) => collections.get(namespace),
    names: () => [...collections.keys()],
    put: (namespace, document) => record({ namespace, put: document }),
    remove: (namespace, { _id }) => record({ namespace, remove: { _id } }),
    setIndexes: (namespace, indexes) => record({ namespace, indexes }),
    drop: (namespace) => record({ namespace }),
  };
}

function entriesOf(bytes: Buffer): Doc[] {
  const entries = [];
  let rest = bytes;
  // A last entry that was cut off was never acknowledged.
  while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
    const length = rest.readInt32LE(0);
    entries.push(decode(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  return entries;
}
