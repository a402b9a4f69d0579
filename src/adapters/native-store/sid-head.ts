import { sha256 } from "#crypto";
import type { GivenToken, GivingHead } from "../../core/http/given-token.ts";
import type { Transport } from "../../types/transport.ts";

/** A request by the id in its cookie, which is all that the engine needs of it. */
export class SidHead implements GivingHead {
  readonly method = "GET";
  readonly url = "/";
  readonly encrypted = true;
  readonly givenToken: GivenToken;
  /** The client came with it. Otherwise nothing can be stored under it yet. */
  readonly isPresented: boolean;

  constructor(token: GivenToken, isPresented: boolean) {
    this.givenToken = token;
    this.isPresented = isPresented;
  }

  header(): undefined {
    return undefined;
  }
}

/**
 * Returns the token for an id of express-session. Both parts are hashes of the id, so nobody finds an id that opens a
 * session in the store, and the same id always finds the same record.
 */
export async function tokenOf(sid: string): Promise<GivenToken> {
  const [id, secret] = await Promise.all([
    sha256(JSON.stringify(["id", sid])),
    sha256(JSON.stringify(["secret", sid])),
  ]);
  return { id, secret };
}

/** Takes the token from the head. The response's cookie is the middleware's. */
export const sidTransport: Transport = {
  read(head) {
    const { givenToken, isPresented } = head as SidHead;
    return isPresented ? `${givenToken.id}.${givenToken.secret}` : undefined;
  },
  write: () => [],
};
