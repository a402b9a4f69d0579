import type { Transport } from "../types/transport.ts";

const credentials = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Reads the token from `Authorization: Bearer …` (RFC 6750), for API clients. It never sends one: the client gets its
 * token from `session.exportToken()` or `sessions.issue()`.
 */
export function bearer(): Transport {
  return {
    vary: "Authorization",
    read: (head) => credentials.exec(head.header("authorization") ?? "")?.[1],
  };
}
