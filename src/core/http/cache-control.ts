import { splitHeaderList } from "./header-list.ts";

export interface Directive {
  readonly text: string;
  readonly name: string;
  /** The header fields that a qualified `private` or `no-cache` is limited to; `undefined`: the whole response. */
  readonly fields: readonly string[] | undefined;
}

const allowShared = new Set(["public", "s-maxage"]);

export const directivesOf = (cacheControl: string): Directive[] => splitHeaderList(cacheControl, ",").map(parse);

/**
 * Returns the `Cache-Control` value changed so that shared caches store nothing, plus `further` unless it is implied.
 */
export function withPrivate(cacheControl: string, further: string): string {
  // All other directives concern responses that are stored.
  if (further === "no-store") return further;
  const kept = directivesOf(cacheControl).filter(
    ({ name, fields }) => !allowShared.has(name) && !(name === "private" && fields),
  );
  const has = (wanted: string): boolean => kept.some(({ name }) => name === wanted);
  // A cache that implements must-understand ignores no-store beside it (RFC 9111 section 5.2.2.3).
  const nothingStored = has("no-store") && !has("must-understand");
  const added: string[] = [];
  if (!nothingStored && !has("private")) added.push("private");
  if (!nothingStored && further !== "" && !kept.some((directive) => covers(directive, parse(further)))) {
    added.push(further);
  }
  return [...kept.map(({ text }) => text), ...added].join(", ");
}

function parse(text: string): Directive {
  const equals = text.indexOf("=");
  if (equals === -1) return { text, name: text.toLowerCase(), fields: undefined };
  const argument = text.slice(equals + 1).trim();
  const fields = splitHeaderList(argument.replaceAll('"', "").toLowerCase(), ",");
  return { text, name: text.slice(0, equals).trim().toLowerCase(), fields };
}

function covers(present: Directive, wanted: Directive): boolean {
  if (present.name !== wanted.name) return false;
  const { fields } = present;
  return fields === undefined || (wanted.fields?.every((field) => fields.includes(field)) ?? false);
}
