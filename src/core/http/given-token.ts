import type { RequestHead } from "../../types/transport.ts";

/** The parts of a token that this package did not choose. Both must be as hard to guess as its own. */
export interface GivenToken {
  readonly id: string;
  readonly secret: string;
}

/**
 * A request whose session has a token that somebody else decides. No login changes it, and a session that has ended does
 * not begin again under it.
 */
export interface GivingHead extends RequestHead {
  readonly givenToken: GivenToken;
}

export const givenTokenOf = (head: RequestHead | undefined): GivenToken | undefined =>
  (head as Partial<GivingHead> | undefined)?.givenToken;
