import { type Doc, isDoc, keyText } from "./bson.ts";
import type { Collection } from "./data.ts";
import { matches } from "./match.ts";

/** The documents that fit a filter, which is checked even if there are none. */
export function search(collection: Collection | undefined, filter: Doc = {}): Doc[] {
  matches({}, filter);
  if (!collection) return [];
  return candidates(collection, filter).filter((document) => matches(document, filter));
}

/** A search by key goes straight there. */
function candidates({ documents }: Collection, { _id }: Doc): Doc[] {
  const isKey = _id !== undefined && !(isDoc(_id) && Object.keys(_id)[0]?.startsWith("$"));
  if (!isKey) return [...documents.values()];
  const document = documents.get(keyText(_id));
  return document ? [document] : [];
}
