import { SessionError } from "../../types/errors.ts";
import type { IssuedSession, IssueOptions } from "../../types/sessions.ts";
import type { Transport } from "../../types/transport.ts";
import type { Keeper } from "../backend/backend.ts";
import { save } from "../request/commit-changes.ts";
import { Visit } from "../request/request-session.ts";
import { LiveSession } from "../request/session-facade.ts";
import type { Engine } from "../runtime/context.ts";

/** Makes a session without a request, and what a client would need to come with it. */
export async function issueWith(
  engine: Engine,
  keeper: Keeper,
  transports: readonly Transport[],
  { data = {}, userId, secure = false }: IssueOptions<Record<string, unknown>>,
): Promise<IssuedSession> {
  const visit = new Visit(engine, keeper, undefined, []);
  visit.isLoaded = true;
  const session = new LiveSession(visit);
  for (const [key, value] of Object.entries(data)) session.set(key, value);
  if (userId !== undefined) session.login(userId);
  await save(visit, true);
  const { held } = visit;
  const token = held && (await keeper.token(held));
  if (!held || token === undefined) throw new SessionError("STORE_UNAVAILABLE", "The session could not be issued.");
  const cookie = transports.find(({ present }) => present)?.present?.(token, engine.config.name, secure) ?? "";
  return { id: held.state.id, token, cookie };
}
