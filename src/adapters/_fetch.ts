import { together } from "../core/error-answer.ts";
import { editHeaders, headersTarget } from "../core/header-edits.ts";
import type { OpenSession } from "../core/sessions.ts";
import { settle } from "../core/settle.ts";
import type { HeaderEdit } from "../core/transport.ts";

/** The sessions of one request, committed together, so that all of them learn the same, final status. */
export interface Mounting {
  readonly opened: OpenSession<object>[];
  /** What their commits want to say on the response. */
  readonly edits: HeaderEdit[];
}

/** Commits all of them, also if one fails. @throws what one commit threw, or an AggregateError of several */
export async function commitAll({ opened, edits }: Mounting, status: number): Promise<void> {
  const { values, errors } = await settle(opened.map(async ({ commit }) => commit({ status })));
  edits.push(...values.flat());
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw together(errors);
}

/** The response with what the commits want to say. */
export function withEdits(response: Response, { edits }: { readonly edits: readonly HeaderEdit[] }): Response {
  // A switch of protocols has no headers to speak of, and cannot be made again.
  if (edits.length === 0 || response.status < 200) return response;
  // Made again, because the headers of a fetched one cannot be changed, and one that was may serve other visitors too.
  const own = new Response(response.body, response);
  editHeaders(headersTarget(own.headers), edits);
  return own;
}

/** Lets whatever feeds the body of a response that will not be sent come to its end. */
export function drop(response: Response): void {
  if (!response.bodyUsed) response.body?.cancel().catch(() => undefined);
}
