import { combineErrors } from "../../core/http/error-response.ts";
import type { FetchResponse } from "../../core/http/fetch-response.ts";
import { settle } from "../../core/language/settle.ts";
import type { OpenSession } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";

/** The sessions of one request. They commit together, so that all of them see the same final status. */
export interface RequestSessions {
  readonly opened: OpenSession<object>[];
  /** The response headers that their commits ask for. */
  readonly edits: HeaderEdit[];
}

/** Commits all sessions, even if one fails. @throws the error of the commit, or an AggregateError of several */
export async function commitAll(
  { opened, edits }: RequestSessions,
  status: number,
  pending?: FetchResponse,
): Promise<void> {
  const { values, errors } = await settle(opened.map(async ({ commit }) => commit({ status, response: pending })));
  edits.push(...values.flat());
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw combineErrors(errors);
}

/** Cancels the body of a response that will not be sent, so that its source is released. */
export function cancelBody(response: Response): void {
  if (!response.bodyUsed) response.body?.cancel().catch(() => undefined);
}
