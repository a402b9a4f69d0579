import { SessionError, type SessionStore, type Sessions } from "coatcheck";
import { now } from "../protocol.ts";
import { retry } from "../retry.ts";
import { idOf, limitedUsers, listAll, mostPerUser } from "../workload/admin-operations.ts";
import { type Data, visit } from "../workload/user-data.ts";
import { openLimited, openSessions } from "../workload/workload.ts";
import { audit } from "./checks.ts";
import type { History } from "./history.ts";
import type { SessionHistory } from "./session-history.ts";

const atOnce = 8;

/** Compares what is stored with the history, after the workload and the faults. Returns the number of sessions left. */
export async function inspect(store: SessionStore, history: History): Promise<number> {
  const sessions = openSessions(store, (id) => void history.minted.add(id));
  await retry(() => sessions.find("0".repeat(32)));
  audit(history, Number.POSITIVE_INFINITY);
  let left = 0;
  await each(history.tokens, async ([token, { replaced, replaceBegan }]) => {
    const session = history.sessions.get(idOf(token));
    if (session === undefined) return;
    const { isNothing } = await retry(async () => thrown(await visit(sessions, token, () => undefined)));
    const standing = standingOf(history, session);
    const isDead = standing === "over" || replaced < Number.POSITIVE_INFINITY;
    if (!isNothing && isDead) history.violation(`a token of ${session.id} opens it although it was ended or replaced`);
    if (isNothing && standing === "live" && replaceBegan === Number.POSITIVE_INFINITY) {
      history.violation(`a token of session ${session.id} does not open it any more`);
    }
  });
  await each(history.sessions.values(), async (session) => {
    const data = await retry(() => contents(sessions, session.id));
    const standing = standingOf(history, session);
    if (data === undefined) {
      if (standing === "live") history.violation(`session ${session.id} is lost`);
      return;
    }
    left++;
    if (standing === "over") history.violation(`session ${session.id} is there although it was ended`);
    for (const message of data.messages) {
      const problem = session.delivered(message);
      if (problem !== undefined) history.violation(`session ${session.id}: ${problem}`);
    }
    for (const problem of session.problemsWith(data.entries)) history.violation(`session ${session.id}: ${problem}`);
  });
  await inspectLists(sessions, history);
  await inspectLimit(openLimited(store), history);
  history.auditMinted();
  return left;
}

async function inspectLists(sessions: Sessions<Data>, history: History): Promise<void> {
  const known = [...history.sessions.values()];
  for (const user of new Set(known.flatMap((session) => session.user ?? []))) {
    const listed = new Set(await retry(() => listAll(sessions, user, 10)));
    for (const session of known.filter((one) => one.user === user)) {
      const standing = standingOf(history, session);
      const isSignedIn = session.signedIn < Number.POSITIVE_INFINITY;
      if (standing === "over" && listed.has(session.id)) {
        history.violation(`session ${session.id} is in the list of ${user} although it was ended`);
      }
      if (standing === "live" && isSignedIn && !listed.has(session.id)) {
        history.violation(`session ${session.id} is not in the list of ${user}`);
      }
    }
    for (const id of listed) if (!history.minted.has(id)) history.violation(`session ${id} was created by no request`);
  }
}

/** Whoever was over the limit while the store was out of order is within it after the next login. */
async function inspectLimit(limited: Sessions<Data>, history: History): Promise<void> {
  for (const user of limitedUsers) {
    const { id } = await retry(() => limited.issue({ userId: user }));
    const ids = await retry(() => listAll(limited, user, 100));
    if (ids.length > mostPerUser) history.violation(`${user} has ${ids.length} sessions and may have ${mostPerUser}`);
    if (!ids.includes(id)) history.violation(`the newest session of ${user} is not among those that are kept`);
  }
}

type Standing = "over" | "live" | "open question";

function standingOf(history: History, session: SessionHistory): Standing {
  if (history.endOf(session) < now()) return "over";
  return history.mayHaveEnded(session, Number.POSITIVE_INFINITY) ? "open question" : "live";
}

interface Contents {
  readonly entries: Readonly<Record<string, unknown>>;
  readonly messages: readonly string[];
}

async function contents(sessions: Sessions<Data>, id: string): Promise<Contents | undefined> {
  try {
    return await sessions.edit(id, async (session) => {
      return { entries: session.toObject(), messages: await session.flashes<string>() };
    });
  } catch (error) {
    if (error instanceof SessionError && error.code === "SESSION_GONE") return undefined;
    throw error;
  }
}

function thrown<T extends { readonly failure: unknown }>(visited: T): T {
  if (visited.failure !== undefined) throw visited.failure;
  return visited;
}

async function each<T>(all: Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const next = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}
