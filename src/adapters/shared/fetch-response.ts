import { combineErrors } from "../../core/http/error-response.ts";
import type { FetchAnswer } from "../../core/http/fetch-response.ts";
import { settle } from "../../core/language/settle.ts";
import type { OpenSession } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";

/** The sessions of one request, committed together, so that all of them learn the same, final status. */
export interface Mounting {
  readonly opened: OpenSession<object>[];
  /** What their commits want to say on the response. */
  readonly edits: HeaderEdit[];
}

/** Commits all of them, also if one fails. @throws what one commit threw, or an AggregateError of several */
export async function commitAll({ opened, edits }: Mounting, status: number, answer?: FetchAnswer): Promise<void> {
  const { values, errors } = await settle(opened.map(async ({ commit }) => commit({ status, answer })));
  edits.push(...values.flat());
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw combineErrors(errors);
}

/** Lets whatever feeds the body of a response that will not be sent come to its end. */
export function drop(response: Response): void {
  if (!response.bodyUsed) response.body?.cancel().catch(() => undefined);
}
