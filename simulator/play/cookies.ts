import type { Look } from "../oracle/fact.ts";
import type { RequestStep } from "../plan/plan.ts";
import type { Client, Stage } from "./stage.ts";

/** In words, for the story. */
export const cookieNames: Readonly<Record<RequestStep["cookie"], string>> = {
  own: "the newest cookie",
  old: "an old cookie",
  both: "an old and the newest cookie",
  stolen: "somebody's cookie",
  none: "no cookie",
};

/** The tokens that a request brings, in the order of its cookies. */
export function cookiesFor({ clients }: Stage, client: Client, { cookie, id }: RequestStep): string[] {
  const { token, oldTokens } = client;
  const old = oldTokens.length === 0 ? token : oldTokens[id % oldTokens.length];
  const others = clients[(clients.indexOf(client) + 1) % clients.length]?.token;
  const both = id % 2 === 0 ? [old, token] : [token, old];
  const brought = { own: [token], old: [old], both, stolen: [others], none: [] }[cookie];
  return [...new Set(brought)].filter((one): one is string => one !== undefined);
}

/** Tells the oracle which session they opened; `undefined`: none. */
export function judgeOpening({ oracle }: Stage, tokens: readonly string[], id: string | undefined, look: Look): void {
  if (id === undefined) {
    for (const token of tokens) oracle.missed(token, look);
    return;
  }
  // Of several tokens of the session it is one that may open it, if there is one.
  const own = tokens.filter((token) => oracle.token(token)?.sessionId === id);
  const best = own.find((text) => {
    const token = oracle.token(text);
    return token && !oracle.isOver(token, look);
  });
  const token = best ?? own[0] ?? tokens[0];
  if (token !== undefined) oracle.opened(token, id, look);
}
