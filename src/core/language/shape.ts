/*
 * Recognises values by their shape. `instanceof` fails for values of another realm (a test runner, `node:vm`), of
 * another copy of a package, or of a replaced global, although users see no difference.
 */

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Returns whether the value is an `Error`, or an object with a name and a message like one. */
export function isError(value: unknown): value is Error {
  if (typeof value !== "object" || value === null) return false;
  const { name, message } = value as Partial<Error>;
  return typeof name === "string" && typeof message === "string";
}

export const isSyntaxError = (value: unknown): boolean => isError(value) && value.name === "SyntaxError";

/** Also true for a Response of another copy of undici, or of another implementation of fetch. */
export const isResponse = (value: unknown): value is Response => tagOf(value) === "Response";

export const isRequest = (value: unknown): value is Request => tagOf(value) === "Request";

export const isHeaders = (value: unknown): value is Headers => tagOf(value) === "Headers";

/** Also true for a `Buffer`. */
export const isBytes = (value: unknown): value is Uint8Array => tagOf(value) === "Uint8Array";

export const isDate = (value: unknown): value is Date => tagOf(value) === "Date";

export const isMap = (value: unknown): value is Map<unknown, unknown> => tagOf(value) === "Map";

export const isSet = (value: unknown): value is Set<unknown> => tagOf(value) === "Set";
