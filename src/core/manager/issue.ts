import type { IssuedSession, IssueOptions } from "../../types/administration.ts";
import { SessionError } from "../../types/errors.ts";
import type { Transport } from "../../types/transport.ts";
import type { SessionBackend } from "../backend/backend.ts";
import { run } from "../language/flow.ts";
import { commitChanges } from "../request/commit-changes.ts";
import { RequestSession } from "../request/request-session.ts";
import { SessionFacade } from "../request/session-facade.ts";
import type { ManagerContext } from "../runtime/context.ts";

/** Creates a session without a request. Returns its token and cookie. */
export async function issueWith(
  context: ManagerContext,
  backend: SessionBackend,
  transports: readonly Transport[],
  { data = {}, userId, secure = false }: IssueOptions<Record<string, unknown>>,
): Promise<IssuedSession> {
  const requestSession = new RequestSession(context, backend, undefined, []);
  requestSession.isLoaded = true;
  const session = new SessionFacade(requestSession);
  for (const [key, value] of Object.entries(data)) session.set(key, value);
  if (userId !== undefined) session.login(userId);
  await run(commitChanges(requestSession, true));
  const { saved } = requestSession;
  const token = saved && (await run(backend.token(saved)));
  if (!saved || token === undefined) throw new SessionError("STORE_UNAVAILABLE", "The session could not be issued.");
  const cookie = transports.find(({ present }) => present)?.present?.(token, context.config.name, secure) ?? "";
  return { id: saved.state.id, token, cookie };
}
