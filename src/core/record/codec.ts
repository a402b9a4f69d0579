import { parse, stringify } from "devalue";
import { SessionError } from "../../types/errors.ts";
import type { Codec, TypeCodec } from "../../types/options.ts";
import { isError, isMap, isSet, isSyntaxError } from "../language/shape.ts";
import { buffers } from "./buffers.ts";
import { protoKeys } from "./proto-keys.ts";
import { whyNot } from "./unstorable.ts";

const richMark = "~";
const maxDepth = 64;

// biome-ignore lint/suspicious/noExplicitAny: codecs of different classes stand in one table
type TypeCodecs = Readonly<Record<string, TypeCodec<any, any>>>;

/**
 * Creates the standard encoding: JSON for values that JSON represents exactly, and devalue behind a mark for the rest
 * (Date, Map, Set, BigInt, RegExp, URL, typed arrays, undefined, NaN, -0, shared and cyclic references, registered
 * classes).
 */
export function standardCodec(types: TypeCodecs = {}): Codec {
  const codecs = Object.entries(types);
  // Classes of the application come first.
  const rich = Object.entries<TypeCodecs[string]>({
    ...types,
    Buffer: types.Buffer ?? buffers,
    "{__proto__}": protoKeys,
  });
  const reducers = Object.fromEntries(
    rich.map(([name, type]) => [name, (value: unknown) => type.test(value) && [type.encode(value)]]),
  );
  const revivers = Object.fromEntries(
    rich.map(([name, type]) => [name, ([encoded]: [unknown]) => type.decode(encoded)]),
  );
  const registered = (value: object): boolean => codecs.some(([, type]) => type.test(value));
  const tests = codecs.length > 0 ? registered : undefined;

  return {
    encode: (value) => {
      if (isJson(value, maxDepth, new Set(), tests)) return JSON.stringify(value);
      const text = stringify(value, reducers);
      // One that refers to itself can be written, and not read.
      if (text.includes('"{__proto__}"')) parse(text, revivers);
      return richMark + text;
    },
    decode: (text) => (text.startsWith(richMark) ? parse(text.slice(1), revivers) : JSON.parse(text)),
  };
}

/** Encodes one value and names its key in the error. @throws SessionError NOT_SERIALIZABLE */
export function encodeValue(codec: Codec, key: string, value: unknown): string {
  let text: unknown;
  try {
    text = codec.encode(value);
  } catch (cause) {
    // devalue's error has the value itself as a property, which would be printed with it.
    const known = isError(cause) && !("root" in cause) ? cause : undefined;
    throw notSerializable(key, whyNot(codec, value), known);
  }
  if (typeof text === "string") return text;
  throw notSerializable(key, "the codec did not return a string", undefined);
}

/** Decodes one value and names its key in the error. @throws SessionError UNREADABLE_VALUE */
export function decodeValue(codec: Codec, key: string, text: string): unknown {
  try {
    return codec.decode(text);
  } catch (cause) {
    const message = `This version of the application cannot read the stored value for ${JSON.stringify(key)}. The value was not changed. Register its class with the option "types" under the name it was stored with, or delete or replace the value.`;
    // A JSON syntax error quotes its input, which is session data, so it is not attached.
    throw new SessionError("UNREADABLE_VALUE", message, isSyntaxError(cause) ? {} : { cause });
  }
}

function notSerializable(key: string, reason: string, cause: unknown): SessionError {
  const message = `The value for ${JSON.stringify(key)} cannot be stored in a session: ${reason}. Store plain data, or register the class with the option "types".`;
  return new SessionError("NOT_SERIALIZABLE", message, { cause });
}

/** Returns whether JSON preserves the value exactly. Throws for values that cannot be stored at all. */
function isJson(
  value: unknown,
  depth: number,
  seen: Set<object>,
  registered: ((value: object) => boolean) | undefined,
): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "function":
    case "symbol":
      throw new Error(`it holds a ${typeof value}`);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (seen.has(value)) return false;
  if (depth === 0) throw new Error(`it is nested deeper than ${maxDepth} levels`);
  seen.add(value);
  if (registered?.(value)) return false;
  const children = childrenOf(value);
  let exact = children.exact;
  for (const child of children.values) exact = isJson(child, depth - 1, seen, registered) && exact;
  return exact;
}

/** Returns the values inside a container, and whether JSON preserves the container itself. */
function childrenOf(value: object): { exact: boolean; values: Iterable<unknown> } {
  if (Array.isArray(value)) return { exact: isDense(value), values: value };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    if (isMap(value)) return { exact: false, values: [...value].flat() };
    return { exact: false, values: isSet(value) ? value : [] };
  }
  if (Object.getOwnPropertySymbols(value).length > 0) throw new Error("it has a symbol for a key");
  return { exact: true, values: Object.values(value) };
}

function isDense(array: readonly unknown[]): boolean {
  for (let i = 0; i < array.length; i++) if (!(i in array)) return false;
  return true;
}
