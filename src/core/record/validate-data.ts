import { SessionError } from "../../types/errors.ts";
import type { Codec } from "../../types/options.ts";
import type { StandardSchema } from "../../types/standard-schema.ts";
import { isError } from "../language/shape.ts";
import { decodeValue, encodeValue } from "./codec.ts";
import { dataName, type Entries, isData, noEntries, wordOf } from "./entries.ts";
import { type SessionState, storedEntries, unreadable } from "./record.ts";
import { problemsOf, runSchema } from "./schema.ts";
import { checkSize } from "./size.ts";

/** The rules for the data of a session. */
export interface DataRules {
  readonly schema: StandardSchema<object> | undefined;
  /** Whether entries that the schema drops or rewrites stay stored. */
  readonly unknownKeys: "keep" | "drop";
  readonly codec: Codec;
  readonly maxBytes: number;
}

type Output = { readonly entries: Entries } | { readonly problem: string };

/** Returns the data of a new session: the defaults of the schema, if any. */
export function newSessionData(rules: DataRules): Entries {
  const output = runOn(noEntries, rules);
  return "entries" in output ? output.entries : noEntries;
}

/** Returns a stored state as this version reads it. @throws SessionError SESSION_UNREADABLE */
export function validateOnLoad(state: SessionState, rules: DataRules): SessionState {
  if (!rules.schema) return state;
  const output = runOn(state.entries, rules);
  if ("problem" in output) throw unreadable(`its data does not match the schema (${output.problem})`);
  if (output.entries === state.entries || rules.unknownKeys === "drop") return { ...state, entries: output.entries };
  const kept = [...state.entries].filter(([name, text]) => output.entries.get(name) !== text);
  return { ...state, entries: output.entries, kept: kept.length === 0 ? noEntries : new Map(kept) };
}

/**
 * Validates a state that will replace `before`, and returns it as it should be stored.
 *
 * @throws SessionError INVALID_DATA, SESSION_TOO_LARGE
 */
export function validateForStore(
  state: SessionState,
  before: SessionState | undefined,
  rules: DataRules,
): SessionState {
  const next = rules.schema ? validatedState(state, rules) : state;
  checkSize(storedEntries(next), before && storedEntries(before), rules.maxBytes);
  return next;
}

function validatedState(state: SessionState, rules: DataRules): SessionState {
  const output = runOn(state.entries, rules);
  if ("problem" in output) throw invalidData(output.problem);
  const { entries } = output;
  if (rules.unknownKeys === "drop") return { ...state, entries, kept: noEntries };
  const dropped = [...state.entries].filter(([name]) => !entries.has(name));
  return { ...state, entries, kept: harmless(entries, new Map([...state.kept, ...dropped]), rules) };
}

/**
 * Returns the part of `kept` that does not change what this version reads. A schema that renames a key, or migrates by
 * a version number, would otherwise take the old value for the newer one and undo a write.
 */
function harmless(entries: Entries, kept: Entries, rules: DataRules): Entries {
  const isHarmless = (candidate: Entries): boolean => {
    const output = runOn(storedEntries({ entries, kept: candidate }), rules);
    return "entries" in output && sameEntries(output.entries, entries);
  };
  if (kept.size === 0 || isHarmless(kept)) return kept;
  const some = new Map<string, string>();
  for (const [name, text] of kept) {
    some.set(name, text);
    if (!isHarmless(some)) some.delete(name);
  }
  return some;
}

/** Runs the schema. Values that cannot be decoded bypass it and stay unchanged; reading one throws. */
function runOn(entries: Entries, { schema, codec }: DataRules): Output {
  if (!schema) return { entries };
  const data: Record<string, unknown> = Object.create(null);
  const apart = new Map<string, string>();
  for (const [name, text] of entries) {
    if (!isData(name)) apart.set(name, text);
    else if (!tryDecode(codec, data, name, text)) apart.set(name, text);
  }
  const result = trySchema(schema, { ...data });
  if ("problem" in result) return result;
  const next = new Map<string, string>();
  for (const [key, value] of Object.entries(result.value)) next.set(dataName(key), encodeValue(codec, key, value));
  for (const [name, text] of apart) next.set(name, text);
  return { entries: sameEntries(next, entries) ? entries : next };
}

/** Treats an exception of the schema as a rejection: a transform may throw for data of another version. */
function trySchema(schema: StandardSchema<object>, data: object): { value: object } | { problem: string } {
  try {
    const result = runSchema(schema, data);
    return result.issues ? { problem: problemsOf(result.issues) } : result;
  } catch (error) {
    if (SessionError.is(error)) throw error;
    return { problem: `it threw a ${isError(error) ? error.name : typeof error}` };
  }
}

function tryDecode(codec: Codec, data: Record<string, unknown>, name: string, text: string): boolean {
  const key = wordOf(name);
  try {
    data[key] = decodeValue(codec, key, text);
    return true;
  } catch {
    return false;
  }
}

function invalidData(problem: string): SessionError {
  const message = `The session's data does not match its schema, so nothing was stored: ${problem}`;
  return new SessionError("INVALID_DATA", message);
}

function sameEntries(a: Entries, b: Entries): boolean {
  if (a.size !== b.size) return false;
  for (const [name, text] of a) if (b.get(name) !== text) return false;
  return true;
}
