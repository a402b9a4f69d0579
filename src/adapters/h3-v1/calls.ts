import type { OpenSession } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import type { NodeRequest } from "../node/types.ts";

type Commit = OpenSession<object>["commit"];

const internalEdits: unique symbol = Symbol("coatcheck.internalEdits");

/** The cache restrictions of internal requests made for the request of this context. */
interface Context {
  [internalEdits]?: HeaderEdit[];
}

/**
 * Adds the cache restrictions of internal requests to the response that contains their results, such as a Nuxt page
 * that calls `useFetch`. Nitro passes an internal request the context of the request that made it.
 */
export function withInternalCalls(req: NodeRequest, context: Context, commit: Commit): Commit {
  const { __unenv__: caller } = req as { __unenv__?: Context };
  context[internalEdits] ??= [];
  const internal = context[internalEdits];
  const add = (own: HeaderEdit[]): HeaderEdit[] => {
    const edits = [...own, ...internal];
    caller?.[internalEdits]?.push(...edits.filter(({ kind }) => kind === "private" || kind === "vary"));
    return edits;
  };
  return (outcome) => {
    const edits = commit(outcome);
    return Array.isArray(edits) ? add(edits) : edits.then(add);
  };
}
