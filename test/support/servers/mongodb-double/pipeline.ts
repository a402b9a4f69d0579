import { compare, type Doc, isDoc, valueAt } from "./bson.ts";
import { beyond, Failure } from "./failure.ts";

/** A document after an update: by a pipeline of `$set` and `$unset`, or by these as operators. Fields at the top only. */
export function updated(document: Doc, update: unknown): Doc {
  if (Array.isArray(update)) return update.reduce<Doc>((current, stage) => applyStage(current, stage), document);
  return Object.entries((update ?? {}) as Doc).reduce<Doc>((current, [name, operand]) => {
    if (!isDoc(operand)) throw beyond(`the update operator "${name}", or the replacement of a document`);
    const literal = Object.entries(operand).map(([field, $literal]) => [field, { $literal }]);
    return applyStage(current, { [name]: name === "$set" ? Object.fromEntries(literal) : Object.keys(operand) });
  }, document);
}

function applyStage(document: Doc, stage: unknown): Doc {
  const [[name, operand] = ["", undefined], ...others] = isDoc(stage) ? Object.entries(stage) : [];
  if (others.length > 0) throw new Failure("FailedToParse", "A pipeline stage must have exactly one field.");
  switch (name) {
    case "$set":
      return { ...document, ...setFields(document, operand) };
    case "$unset":
      return without(document, operand);
    default:
      throw beyond(`the update stage "${name}"`);
  }
}

function setFields(document: Doc, fields: unknown): Doc {
  if (!isDoc(fields)) throw new Failure("FailedToParse", "$set needs an object");
  const values = Object.entries(fields).map(([name, expression]) => [topLevel(name), evaluate(document, expression)]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function without(document: Doc, names: unknown): Doc {
  const gone = [names].flat().map((name) => topLevel(String(name)));
  return Object.fromEntries(Object.entries(document).filter(([name]) => !gone.includes(name)));
}

function topLevel(name: string): string {
  if (name.includes(".") || name.startsWith("$") || name === "") throw beyond(`updates of the field "${name}"`);
  return name;
}

/** The value of an aggregation expression; `undefined` where it names a field that is not there. */
function evaluate(document: Doc, expression: unknown): unknown {
  if (typeof expression === "string" && expression.startsWith("$")) {
    if (expression.startsWith("$$")) throw beyond(`the variable ${expression}`);
    return valueAt(document, expression.slice(1));
  }
  if (Array.isArray(expression)) throw beyond("arrays in expressions");
  if (!isDoc(expression)) return expression;
  const [[operator, operand] = ["", undefined], ...others] = Object.entries(expression);
  if (others.length > 0 || !operator.startsWith("$")) throw beyond("objects in expressions");
  if (operator === "$literal") return operand;
  const run = operators[operator];
  if (!run) throw new Failure("InvalidPipelineOperator", `Unrecognized expression '${operator}'`);
  if (!Array.isArray(operand)) throw beyond(`${operator} of anything but an array`);
  return run(operand.map((part) => evaluate(document, part)));
}

const operators: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  $max: (values) =>
    values
      .filter((value) => value !== undefined && value !== null)
      .sort(compare)
      .at(-1),
  $gt: ([a, b]) => compare(a, b) > 0,
  $cond: ([condition, yes, no]) => (condition ? yes : no),
};
