import { type Doc, isDoc } from "./bson.ts";
import type { Data } from "./data.ts";
import { beyond, Failure } from "./failure.ts";

export interface Context {
  readonly data: Data;
  readonly port: number;
}

export type Handler = (command: Doc, context: Context) => Doc;

/** Fields that any command may have and that change nothing here. */
const general = ["$db", "lsid", "$clusterTime", "$readPreference", "comment", "txnNumber"];

/** Refuses what the double would have to pass over in silence. */
export function checkFields(command: Doc, known: readonly string[]): void {
  for (const name of Object.keys(command).slice(1)) {
    if (known.includes(name) || general.includes(name)) continue;
    throw new Failure("UnknownField", `BSON field '${name}' is an unknown field, at least for the double.`);
  }
  const { collation, readConcern, writeConcern } = command;
  checkCollation(collation);
  if (isDoc(readConcern)) checkNames("readConcern", readConcern, ["level"]);
  if (isDoc(writeConcern)) checkNames("writeConcern", writeConcern, ["w", "j", "wtimeout"]);
}

export function checkNames(what: string, document: Doc, known: readonly string[]): void {
  const unknown = Object.keys(document).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Failure("UnknownField", `BSON field '${what}.${unknown}' is an unknown field.`);
}

/** There is one order of text, by its bytes. */
export function checkCollation(collation: unknown): void {
  if (collation === undefined) return;
  if (isDoc(collation) && collation.locale === "simple") return;
  throw beyond(`the collation ${JSON.stringify(collation)}`);
}

/** The collection that the command names in its first field. */
export function namespaceOf(command: Doc): string {
  const [name] = Object.values(command);
  return namespace(command, name);
}

function namespace({ $db }: Doc, name: unknown): string {
  if (typeof name !== "string" || name === "") throw new Failure("BadValue", "Collection names are texts.");
  return `${$db}.${name}`;
}

export const list = (value: unknown): Doc[] => {
  if (Array.isArray(value) && value.length > 0 && value.every(isDoc)) return value;
  throw new Failure("BadValue", "A list of documents is needed, and not an empty one.");
};
