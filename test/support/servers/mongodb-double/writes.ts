import { ObjectId } from "bson";
import { compare, type Doc, encode, isDoc, keyText, LONGEST, valueAt } from "./bson.ts";
import { type Context, checkCollation, checkFields, checkNames, type Handler, list, namespaceOf } from "./command.ts";
import { idIndex } from "./data.ts";
import { beyond, Failure } from "./failure.ts";
import { updated } from "./pipeline.ts";
import { search } from "./search.ts";

/** What one statement of a write did. */
interface Done {
  readonly n: number;
  readonly nModified?: number;
  /** The key of a document that was not there before. */
  readonly upserted?: unknown;
}

type Write = (statement: Doc, namespace: string, context: Context) => Done;

export const writeCommands: Readonly<Record<string, Handler>> = {
  insert: (command, context) => run(command, "documents", insert, context),
  update: (command, context) => run(command, "updates", update, context),
  delete: (command, context) => run(command, "deletes", remove, context),
};

/** Carries out the statements in order, and stops at the first that fails. */
function run(command: Doc, field: string, write: Write, context: Context): Doc {
  checkFields(command, [field, "ordered", "writeConcern"]);
  const namespace = namespaceOf(command);
  const total: { n: number; nModified?: number; writeErrors?: Doc[]; upserted?: Doc[] } = { n: 0 };
  if (field === "updates") total.nModified = 0;
  for (const [index, statement] of list(command[field]).entries()) {
    try {
      const { n, nModified = 0, upserted } = write(statement, namespace, context);
      total.n += n;
      if (total.nModified !== undefined) total.nModified += nModified;
      if (upserted !== undefined) total.upserted = [...(total.upserted ?? []), { index, _id: upserted }];
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      total.writeErrors = [{ index, code: error.code, errmsg: error.message, ...error.details }];
      break;
    }
  }
  return total;
}

function insert(statement: Doc, namespace: string, context: Context): Done {
  const { data } = context;
  const { _id = new ObjectId(), ...fields } = statement;
  const document = checked({ _id, ...fields });
  if (!data.find(namespace)) data.setIndexes(namespace, [idIndex()]);
  if (data.find(namespace)?.documents.has(keyText(_id))) throw duplicate(namespace, idIndex(), document);
  checkUnique(document, namespace, context);
  data.put(namespace, document);
  return { n: 1 };
}

function update(statement: Doc, namespace: string, context: Context): Done {
  checkNames("update.updates", statement, ["q", "u", "multi", "upsert", "collation"]);
  checkCollation(statement.collation);
  // Also where nothing matches, so that a wrong update is found out.
  updated({}, statement.u);
  const found = matching(statement, namespace, context).slice(0, statement.multi ? undefined : 1);
  if (found.length === 0 && statement.upsert) return upsert(statement, namespace, context);
  let nModified = 0;
  for (const document of found) {
    const after = checked(updated(document, statement.u));
    if (compare(after._id, document._id) !== 0) {
      throw new Failure("ImmutableField", "Performing an update on the path '_id' would modify the immutable field");
    }
    if (compare(after, document) === 0) continue;
    checkUnique(after, namespace, context);
    context.data.put(namespace, after);
    nModified++;
  }
  return { n: found.length, nModified };
}

/** No store of this project does that, but others, which are compared with it. */
function upsert({ q, u }: Doc, namespace: string, context: Context): Done {
  const { _id, ...others } = q as Doc;
  if (_id === undefined || Object.keys(others).length > 0) throw beyond("upserts but by the key alone");
  const { n } = insert(updated({ _id }, u), namespace, context);
  return { n, nModified: 0, upserted: _id };
}

function remove(statement: Doc, namespace: string, context: Context): Done {
  checkNames("delete.deletes", statement, ["q", "limit", "collation"]);
  checkCollation(statement.collation);
  const { limit } = statement;
  if (limit !== 0 && limit !== 1)
    throw new Failure("FailedToParse", "The limit field in delete objects must be 0 or 1.");
  const found = matching(statement, namespace, context).slice(0, limit === 1 ? 1 : undefined);
  for (const document of found) context.data.remove(namespace, document);
  return { n: found.length };
}

function matching({ q }: Doc, namespace: string, { data }: Context): Doc[] {
  if (!isDoc(q)) throw new Failure("FailedToParse", "A write needs a filter, q");
  return search(data.find(namespace), q);
}

function checked(document: Doc): Doc {
  const { length } = encode(document);
  if (length <= LONGEST) return document;
  throw new Failure("BSONObjectTooLarge", `object to insert too large. size in bytes: ${length}`);
}

/** Other indexes than that of `_id`. */
function checkUnique(document: Doc, namespace: string, { data }: Context): void {
  const collection = data.find(namespace);
  for (const index of collection?.indexes.filter(({ unique }) => unique) ?? []) {
    const paths = Object.keys(index.key as Doc);
    const values = (of: Doc) => paths.map((path) => valueAt(of, path));
    if (index.sparse && values(document).every((value) => value === undefined)) continue;
    const others = [...(collection?.documents.values() ?? [])].filter(
      (other) => compare(other._id, document._id) !== 0,
    );
    if (others.some((other) => compare(values(other), values(document)) === 0))
      throw duplicate(namespace, index, document);
  }
}

function duplicate(namespace: string, { key, name }: Doc, document: Doc): Failure {
  const keyValue = Object.fromEntries(Object.keys(key as Doc).map((path) => [path, valueAt(document, path)]));
  const message = `E11000 duplicate key error collection: ${namespace} index: ${name} dup key`;
  return new Failure("DuplicateKey", message, { keyPattern: key, keyValue });
}
