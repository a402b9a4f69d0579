import { save } from "./durable.ts";
import type { Engine } from "./engine.ts";
import { SessionError } from "./errors.ts";
import type { Keeper } from "./keeper.ts";
import { LiveSession } from "./live-session.ts";
import type { IssuedSession, IssueOptions } from "./sessions.ts";
import type { Transport } from "./transport.ts";
import { Visit } from "./visit.ts";

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
