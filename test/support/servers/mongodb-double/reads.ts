import { Long } from "bson";
import { compare, type Doc, encode, LONGEST, valueAt } from "./bson.ts";
import { checkFields, type Handler, namespaceOf } from "./command.ts";
import { beyond, Failure } from "./failure.ts";
import { search } from "./search.ts";

const DEFAULT_BATCH = 101;

const cursors = new Map<string, { readonly namespace: string; readonly documents: Doc[] }>();
let lastCursor = 0;

export const readCommands: Readonly<Record<string, Handler>> = {
  find(command, { data }) {
    checkFields(command, [
      ...["filter", "projection", "sort", "skip", "limit", "batchSize", "singleBatch", "collation", "readConcern"],
    ]);
    const { filter, projection, sort, skip = 0, limit = 0, batchSize, singleBatch = false } = command;
    const found = search(data.find(namespaceOf(command)), filter as Doc).sort(bySort(sort));
    const end = limit === 0 ? undefined : Number(skip) + Math.abs(Number(limit));
    // Also where nothing was found, so that a wrong projection is found out.
    project({}, projection);
    const documents = found.slice(Number(skip), end).map((document) => project(document, projection));
    return firstBatch(namespaceOf(command), documents, batchSize, Boolean(singleBatch) || Number(limit) < 0);
  },

  aggregate(command, { data }) {
    checkFields(command, ["pipeline", "cursor", "collation", "readConcern"]);
    const [match, group, ...others] = command.pipeline as Doc[];
    if (others.length > 0 || !match?.$match) throw beyond("pipelines other than $match and a count");
    const found = search(data.find(namespaceOf(command)), match.$match as Doc);
    return firstBatch(namespaceOf(command), counted(found.length, group), undefined, false);
  },

  getMore(command) {
    checkFields(command, ["collection", "batchSize"]);
    const id = String(command.getMore);
    const cursor = cursors.get(id);
    if (!cursor) throw new Failure("CursorNotFound", `cursor id ${id} not found`);
    const batch = take(cursor.documents, command.batchSize, Number.POSITIVE_INFINITY);
    if (cursor.documents.length === 0) cursors.delete(id);
    const open = cursor.documents.length > 0 ? command.getMore : Long.ZERO;
    return { cursor: { id: open, ns: cursor.namespace, nextBatch: batch } };
  },

  killCursors(command) {
    checkFields(command, ["cursors"]);
    const ids = command.cursors as unknown[];
    if (!ids.every((id) => id instanceof Long)) throw new Failure("TypeMismatch", "killCursors.cursors must be longs");
    const cursorsKilled = ids.filter((id) => cursors.delete(String(id)));
    return { cursorsKilled, cursorsNotFound: ids.filter((id) => !cursorsKilled.includes(id)) };
  },
};

function bySort(sort: unknown): (a: Doc, b: Doc) => number {
  const keys = Object.entries((sort ?? {}) as Doc);
  return (a, b) => {
    for (const [path, direction] of keys) {
      const difference = compare(valueAt(a, path) ?? null, valueAt(b, path) ?? null);
      if (difference !== 0) return difference * Number(direction);
    }
    return 0;
  };
}

/** Names what is to be given; `_id` is, unless it is left out. */
function project(document: Doc, projection: unknown): Doc {
  const { _id, ...others } = (projection ?? {}) as Doc;
  const names = Object.keys(others);
  if (names.some((name) => others[name] !== 1 || name.includes("."))) throw beyond("projections but of whole fields");
  const isWhole = names.length === 0 && _id !== 1;
  const isWanted = (name: string) => (name === "_id" ? _id !== 0 : isWhole || names.includes(name));
  return Object.fromEntries(Object.entries(document).filter(([name]) => isWanted(name)));
}

/** As the store counts, and as `countDocuments` of the driver does. */
function counted(n: number, stage: Doc | undefined): Doc[] {
  const { _id, ...sums } = (stage?.$group ?? {}) as Doc;
  const [name = stage?.$count, ...others] = Object.keys(sums);
  const isKnown =
    typeof name === "string" && others.length === 0 && compare(sums[name] ?? { $sum: 1 }, { $sum: 1 }) === 0;
  if (!isKnown) throw beyond("this way of counting");
  // Where nothing is counted there is no group.
  return n === 0 ? [] : [_id === undefined ? { [name]: n } : { _id, [name]: n }];
}

function firstBatch(ns: string, documents: Doc[], batchSize: unknown, isSingle: boolean): Doc {
  const batch = take(documents, batchSize, DEFAULT_BATCH);
  if (isSingle || documents.length === 0) return { cursor: { id: Long.ZERO, ns, firstBatch: batch } };
  // Beyond what a double can hold exactly, as they mostly are.
  const id = Long.MAX_VALUE.subtract(++lastCursor);
  cursors.set(String(id), { namespace: ns, documents });
  return { cursor: { id, ns, firstBatch: batch } };
}

/** Moves documents into a batch until it is full. */
function take(documents: Doc[], batchSize: unknown, usual: number): Doc[] {
  const batch: Doc[] = [];
  let room = LONGEST;
  while (documents[0] !== undefined && batch.length < Number(batchSize ?? usual)) {
    room -= encode(documents[0]).length;
    if (room < 0 && batch.length > 0) break;
    batch.push(...documents.splice(0, 1));
  }
  return batch;
}
