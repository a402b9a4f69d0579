import { ObjectId } from "bson";
import { compare, type Doc, encode, isDoc, keyText, LONGEST } from "./bson.ts";
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

function insert(statement: Doc, namespace: string, { data }: Context): Done {
  const { _id = new ObjectId(), ...fields } = statement;
  const document = checked({ _id, ...fields });
  if (!data.find(namespace)) data.setIndexes(namespace, [idIndex()]);
  if (data.find(namespace)?.documents.has(keyText(_id))) throw duplicate(namespace, _id);
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

function duplicate(namespace: string, _id: unknown): Failure {
  return new Failure("DuplicateKey", `E11000 duplicate key error collection: ${namespace} index: _id_ dup key`, {
    keyPattern: { _id: 1 },
    keyValue: { _id },
  });
}
