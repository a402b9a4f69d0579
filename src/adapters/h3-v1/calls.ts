import type { OpenSession } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import type { NodeRequest } from "../node/types.ts";

type Commit = OpenSession<object>["commit"];

const calledKey: unique symbol = Symbol("coatcheck.called");

/** What the server's calls to itself, made for the request of this context, have to say to caches. */
interface Context {
  [calledKey]?: HeaderEdit[];
}

/**
 * The answer to a request holds what the server asked itself for it, as a page of Nuxt does with `useFetch`, and is as
 * private as that. Nitro hands such a call the context of the request that it is made for.
 */
export function withCalls(req: NodeRequest, context: Context, commit: Commit): Commit {
  const { __unenv__: caller } = req as { __unenv__?: Context };
  context[calledKey] ??= [];
  const called = context[calledKey];
  const add = (own: HeaderEdit[]): HeaderEdit[] => {
    const edits = [...own, ...called];
    caller?.[calledKey]?.push(...edits.filter(({ kind }) => kind === "private" || kind === "vary"));
    return edits;
  };
  return (outcome) => {
    const edits = commit(outcome);
    return Array.isArray(edits) ? add(edits) : edits.then(add);
  };
}
