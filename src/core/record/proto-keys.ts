import type { TypeCodec } from "../../types/options.ts";

function hasProtoKey(value: unknown): value is object {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "__proto__")) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Encodes a plain object that has a key `__proto__`, as `JSON.parse` makes them. devalue refuses it. */
export const protoKeys: TypeCodec<object, [key: string, value: unknown][]> = {
  test: hasProtoKey,
  encode: (value) => Object.entries(value),
  decode: (entries) => Object.fromEntries(entries),
};
