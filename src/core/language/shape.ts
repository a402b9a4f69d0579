/*
 * What a value is, told by its shape. `instanceof` asks for one class of one realm: values of another realm (a test runner,
 * `node:vm`), of another copy of a package or of a replaced global are the same to users, and not to it.
 */

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** An `Error`, or what a package has made like one: something thrown that has a name and a message. */
export function isError(value: unknown): value is Error {
  if (typeof value !== "object" || value === null) return false;
  const { name, message } = value as Partial<Error>;
  return typeof name === "string" && typeof message === "string";
}

export const isSyntaxError = (value: unknown): boolean => isError(value) && value.name === "SyntaxError";

/** Also one of another copy of undici, or of another implementation of fetch. */
export const isResponse = (value: unknown): value is Response => tagOf(value) === "Response";

export const isRequest = (value: unknown): value is Request => tagOf(value) === "Request";

export const isDate = (value: unknown): value is Date => tagOf(value) === "Date";

export const isMap = (value: unknown): value is Map<unknown, unknown> => tagOf(value) === "Map";

export const isSet = (value: unknown): value is Set<unknown> => tagOf(value) === "Set";
