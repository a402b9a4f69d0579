import { errorResponse } from "../../../core/http/error-response.ts";
import type { RequestHead } from "../../../types/transport.ts";

const sentences = {
  401: "Sign in first: sockets are for visitors with a session.",
  403: 'This page is of another origin than the server. Its option "origins" lists the pages that may open sockets.',
} as const;

/** Why a socket is not accepted, as the client may know it. */
class Refusal extends Error {
  readonly status: keyof typeof sentences;

  constructor(status: keyof typeof sentences) {
    super(sentences[status]);
    this.status = status;
  }
}

export const refusal = (status: keyof typeof sentences): Error => new Refusal(status);

export interface RefusalAnswer {
  readonly status: number;
  readonly message: string;
}

/** What a client is told when there is no socket for it. Errors of the store, and bugs, say no more than their status. */
export function refusalAnswer(error: unknown): RefusalAnswer {
  if (error instanceof Refusal) return { status: error.status, message: error.message };
  const { status, body } = errorResponse(error);
  return { status, message: body.trim() };
}

/**
 * Whether a page of ours opens the socket. Browsers always say which page does (RFC 6455 section 10.2), and no page can
 * forge that; a client that does not say it is no browser, and has no cookies that somebody else could use.
 */
export function isOwnPage(head: RequestHead, origins: readonly string[] | undefined): boolean {
  const origin = head.header("origin");
  if (origin === undefined) return true;
  if (origins) return origins.includes(origin);
  const host = head.header("host");
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  // On one connection of TLS the page must have come by TLS, too; where a proxy ends it, only that proxy could tell.
  if (head.encrypted && page.protocol !== "https:") return false;
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}
