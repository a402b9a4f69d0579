import { errorResponse } from "../../../core/http/error-response.ts";
import type { RequestHead } from "../../../types/transport.ts";

const messages = {
  401: "Sign in first: sockets are for visitors with a session.",
  403: 'This page has another origin than the server. The option "origins" of the server lists the origins that may open sockets.',
} as const;

/** Why a socket is refused, in words that the client may read. */
class Refusal extends Error {
  readonly status: keyof typeof messages;

  constructor(status: keyof typeof messages) {
    super(messages[status]);
    this.status = status;
  }
}

export const refusal = (status: keyof typeof messages): Error => new Refusal(status);

export interface RefusalResponse {
  readonly status: number;
  readonly message: string;
}

/** Returns the response to a refused client. Store errors and bugs reveal no more than their status. */
export function refusalResponse(error: unknown): RefusalResponse {
  if (error instanceof Refusal) return { status: error.status, message: error.message };
  const { status, body } = errorResponse(error);
  return { status, message: body.trim() };
}

/**
 * Returns whether the client uses TLS, as far as this server or a proxy before it says so. A proxy need not be trusted for
 * that: who claims it falsely is refused more.
 */
const usesTls = (head: RequestHead): boolean =>
  head.encrypted ||
  /\b(https|wss)\b/i.test(head.header("x-forwarded-proto") ?? "") ||
  /proto="?(https|wss)\b/i.test(head.header("forwarded") ?? "");

/**
 * Returns whether the socket is opened by a page of an allowed origin. Browsers always send `Origin` (RFC 6455 section
 * 10.2) and pages cannot forge it. A client without it is not a browser, so it has no cookies that another page could
 * abuse.
 */
export function isAllowedOrigin(head: RequestHead, origins: readonly string[] | undefined): boolean {
  const origin = head.header("origin");
  if (origin === undefined) return true;
  if (origins) return origins.includes(origin);
  const host = head.header("host");
  if (host === undefined || !URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (usesTls(head) && page.protocol !== "https:") return false;
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}
