import { Long } from "bson";
import { type Doc, encode, isDoc } from "./bson.ts";
import { type Context, checkCollation, checkFields, checkNames, type Handler, list, namespaceOf } from "./command.ts";
import { idIndex } from "./data.ts";
import { beyond, Failure } from "./failure.ts";

const known = ["key", "name", "v", "expireAfterSeconds", "partialFilterExpression", "unique", "sparse", "collation"];

/** Indexes are remembered, and compared with those asked for later; searches do without. */
export const indexCommands: Readonly<Record<string, Handler>> = {
  createIndexes(command, { data }) {
    checkFields(command, ["indexes", "writeConcern", "commitQuorum"]);
    const namespace = namespaceOf(command);
    const before = data.find(namespace)?.indexes ?? [idIndex()];
    const after = list(command.indexes).reduce(added, before);
    if (after.length > before.length || !data.find(namespace)) data.setIndexes(namespace, after);
    return { numIndexesBefore: before.length, numIndexesAfter: after.length };
  },

  listIndexes(command, { data }) {
    checkFields(command, ["cursor"]);
    const namespace = namespaceOf(command);
    const collection = data.find(namespace);
    if (!collection) throw new Failure("NamespaceNotFound", `ns does not exist: ${namespace}`);
    return { cursor: { id: Long.ZERO, ns: namespace, firstBatch: collection.indexes } };
  },

  dropIndexes(command, { data }) {
    checkFields(command, ["index", "writeConcern"]);
    const namespace = namespaceOf(command);
    const before = data.find(namespace)?.indexes ?? [];
    const after = before.filter(({ name }) => name !== command.index);
    if (after.length === before.length) throw new Failure("IndexNotFound", `index not found [${command.index}]`);
    data.setIndexes(namespace, after);
    return { nIndexesWas: before.length };
  },

  create(command, context) {
    checkFields({ ...command, collation: undefined }, ["collation", "writeConcern"]);
    return create(namespaceOf(command), command.collation, context);
  },

  drop(command, { data }) {
    checkFields(command, ["writeConcern"]);
    const namespace = namespaceOf(command);
    if (data.find(namespace)) data.drop(namespace);
    return { ns: namespace };
  },

  dropDatabase(command, { data }) {
    checkFields(command, ["writeConcern"]);
    for (const namespace of data.names()) if (namespace.startsWith(`${command.$db}.`)) data.drop(namespace);
    return { dropped: command.$db };
  },
};

function create(namespace: string, collation: unknown, { data }: Context): Doc {
  if (data.find(namespace)) throw new Failure("NamespaceExists", `Collection ${namespace} already exists.`);
  data.setIndexes(namespace, [idIndex(collation)]);
  return {};
}

function added(present: Doc[], index: Doc): Doc[] {
  checkNames("createIndexes.indexes", index, known);
  checkCollation(index.collation);
  if (index.unique && index.partialFilterExpression) throw beyond("unique indexes of some documents");
  const { key, name } = index;
  if (!isDoc(key) || typeof name !== "string")
    throw new Failure("CannotCreateIndex", "An index needs a key and a name");
  if (index.expireAfterSeconds !== undefined && Object.keys(key).length !== 1) {
    throw new Failure("CannotCreateIndex", "TTL indexes are single-field indexes");
  }
  const namesake = present.find((other) => other.name === name);
  if (namesake) {
    if (isSame(namesake, index)) return present;
    throw new Failure("IndexKeySpecsConflict", `An existing index has the same name as the requested index: ${name}`);
  }
  if (present.some((other) => isSame({ ...other, name }, index))) {
    throw new Failure("IndexOptionsConflict", `Index already exists with a different name: ${name}`);
  }
  return [...present, { v: 2, ...index }];
}

const isSame = (a: Doc, b: Doc): boolean =>
  known.every((name) => name === "v" || Buffer.compare(encode({ it: a[name] }), encode({ it: b[name] })) === 0);
