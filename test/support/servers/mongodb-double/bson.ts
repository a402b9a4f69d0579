import { Binary, deserialize, Long, ObjectId, serialize, Timestamp } from "bson";
import { beyond } from "./failure.ts";

export type Doc = Record<string, unknown>;

/** As long as a document or a reply may be. */
export const LONGEST: number = 16 * 1024 * 1024;

export const decode = (bytes: Uint8Array): Doc => deserialize(bytes, { promoteLongs: false });
export const encode = (document: Doc): Uint8Array => serialize(document);

/** The same text for equal ids only. */
export const keyText = (id: unknown): string => Buffer.from(encode({ id })).toString("latin1");

export function isDoc(value: unknown): value is Doc {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** MongoDB's names of the types that the double knows, in its order of them. */
const order = [
  "missing",
  "null",
  "number",
  "string",
  "object",
  "array",
  "binData",
  "objectId",
  "bool",
  "date",
] as const;
export type TypeName = (typeof order)[number];

export function typeOf(value: unknown): TypeName {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "number" || value instanceof Long) return value instanceof Timestamp ? unknown(value) : "number";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return "array";
  if (value instanceof Date) return "date";
  if (value instanceof Binary) return "binData";
  if (value instanceof ObjectId) return "objectId";
  return isDoc(value) ? "object" : unknown(value);
}

function unknown(value: object | unknown): never {
  throw beyond(`values of the type ${Object(value).constructor?.name}`);
}

/** MongoDB's order of all values, without a collation: text by its bytes in UTF-8. */
export function compare(a: unknown, b: unknown): number {
  const type = typeOf(a);
  const difference = order.indexOf(type) - order.indexOf(typeOf(b));
  if (difference !== 0) return difference;
  switch (type) {
    case "missing":
    case "null":
      return 0;
    case "string":
      return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
    case "object":
      return compareLists(Object.entries(a as Doc).flat(), Object.entries(b as Doc).flat());
    case "array":
      return compareLists(a as unknown[], b as unknown[]);
    case "binData":
    case "objectId":
      return Buffer.compare(Buffer.from(keyText(a)), Buffer.from(keyText(b)));
    default:
      return Number(a) - Number(b);
  }
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [n, value] of a.entries()) {
    if (n >= b.length) return 1;
    const difference = compare(value, b[n]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The value at a path such as `_id.namespace`; `undefined` where there is none. */
export function valueAt(document: Doc, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split(".")) {
    if (Array.isArray(value)) throw beyond(`paths through arrays ("${path}")`);
    value = isDoc(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
