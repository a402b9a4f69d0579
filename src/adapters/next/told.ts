import type { HeaderEdit } from "../../types/transport.ts";

/** A request header as the client will send it from now on, which is told these edits by the response. */
export function headerFromNowOn(
  name: string,
  value: string | undefined,
  told: readonly HeaderEdit[],
): string | undefined {
  if (name === "cookie") return told.filter(({ kind }) => kind === "cookie").reduce(withCookie, value);
  return told.findLast((edit) => edit.kind === "set" && edit.name.toLowerCase() === name)?.value ?? value;
}

function withCookie(header: string | undefined, { name, value: line }: HeaderEdit): string | undefined {
  const pairs = (header ?? "").split(/;\s*/).filter((pair) => pair !== "" && pair.split("=", 1)[0] !== name);
  const [pair = "", ...attributes] = line.split(/;\s*/);
  if (!attributes.some((attribute) => /^max-age=0$/i.test(attribute))) pairs.push(pair);
  return pairs.length > 0 ? pairs.join("; ") : undefined;
}
