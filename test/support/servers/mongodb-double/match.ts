import { compare, type Doc, isDoc, typeOf, valueAt } from "./bson.ts";
import { beyond, Failure } from "./failure.ts";

/** Whether a document fits a filter. */
export function matches(document: Doc, filter: Doc): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    if (key === "$or") return all(condition).some((part) => matches(document, part));
    if (key === "$and") return all(condition).every((part) => matches(document, part));
    if (key.startsWith("$")) throw new Failure("BadValue", `unknown top level operator: ${key}`);
    const value = valueAt(document, key);
    if (Array.isArray(value)) throw beyond(`filters on arrays ("${key}")`);
    return isOperators(condition)
      ? Object.entries(condition).every(([operator, operand]) => test(operator, value, operand))
      : equals(value, condition);
  });
}

function test(operator: string, value: unknown, operand: unknown): boolean {
  switch (operator) {
    case "$eq":
      return equals(value, operand);
    case "$gt":
      return isComparable(value, operand) && compare(value, operand) > 0;
    case "$gte":
      return isComparable(value, operand) && compare(value, operand) >= 0;
    case "$lt":
      return isComparable(value, operand) && compare(value, operand) < 0;
    case "$lte":
      return isComparable(value, operand) && compare(value, operand) <= 0;
    case "$in":
      if (!Array.isArray(operand)) throw new Failure("BadValue", "$in needs an array");
      return operand.some((candidate) => equals(value, candidate));
    case "$exists":
      return (value !== undefined) === Boolean(operand);
    case "$type":
      if (!typeNames.has(operand)) throw beyond(`the type ${JSON.stringify(operand)}`);
      return typeOf(value) === operand;
    default:
      throw new Failure("BadValue", `unknown operator: ${operator}`);
  }
}

const typeNames: ReadonlySet<unknown> = new Set(["number", "string", "object", "bool", "date", "null"]);

/** Comparisons never cross types: no date is greater than a number. */
const isComparable = (value: unknown, operand: unknown): boolean => typeOf(value) === typeOf(operand);

function equals(value: unknown, wanted: unknown): boolean {
  if (wanted === null) return value === undefined || value === null;
  return isComparable(value, wanted) && compare(value, wanted) === 0;
}

/** An object is a list of operators if its first name says so; names of both kinds are an error. */
function isOperators(condition: unknown): condition is Doc {
  if (!isDoc(condition)) return false;
  const names = Object.keys(condition);
  const operators = names.filter((name) => name.startsWith("$"));
  if (operators.length > 0 && operators.length < names.length) {
    throw new Failure("BadValue", `unknown operator: ${names.find((name) => !name.startsWith("$"))}`);
  }
  return operators.length > 0;
}

function all(conditions: unknown): Doc[] {
  if (Array.isArray(conditions) && conditions.length > 0 && conditions.every(isDoc)) return conditions;
  throw new Failure("BadValue", "$and/$or entries need to be full objects in a nonempty array");
}
