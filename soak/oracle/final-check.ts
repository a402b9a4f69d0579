import { SessionError, type SessionStore, type Sessions } from "coatcheck";
import { now } from "../protocol.ts";
import { again } from "../retry.ts";
import { idOf, limitedUsers, listAll, mostPerUser } from "../workload/admin-operations.ts";
import { type Data, visit } from "../workload/user-data.ts";
import { openLimited, openSessions } from "../workload/workload.ts";
import { audit } from "./checks.ts";
import type { Books } from "./history.ts";
import type { SessionBook } from "./session-history.ts";

const atOnce = 8;

/** Compares what is stored with the books, when all work and all trouble is over. How many sessions are left. */
export async function inspect(store: SessionStore, books: Books): Promise<number> {
  const sessions = openSessions(store, (id) => void books.minted.add(id));
  await again(() => sessions.find("0".repeat(32)));
  audit(books, Number.POSITIVE_INFINITY);
  let left = 0;
  await each(books.tokens, async ([token, { replaced, replaceBegan }]) => {
    const session = books.sessions.get(idOf(token));
    if (session === undefined) return;
    const { isNothing } = await again(async () => thrown(await visit(sessions, token, () => undefined)));
    const standing = standingOf(books, session);
    const isDead = standing === "over" || replaced < Number.POSITIVE_INFINITY;
    if (!isNothing && isDead) books.violation(`a token of ${session.id} opens it although it was ended or replaced`);
    if (isNothing && standing === "live" && replaceBegan === Number.POSITIVE_INFINITY) {
      books.violation(`a token of session ${session.id} does not open it any more`);
    }
  });
  await each(books.sessions.values(), async (session) => {
    const data = await again(() => contents(sessions, session.id));
    const standing = standingOf(books, session);
    if (data === undefined) {
      if (standing === "live") books.violation(`session ${session.id} is lost`);
      return;
    }
    left++;
    if (standing === "over") books.violation(`session ${session.id} is there although it was ended`);
    for (const message of data.messages) {
      const problem = session.delivered(message);
      if (problem !== undefined) books.violation(`session ${session.id}: ${problem}`);
    }
    for (const problem of session.problemsWith(data.entries)) books.violation(`session ${session.id}: ${problem}`);
  });
  await inspectLists(sessions, books);
  await inspectLimit(openLimited(store), books);
  books.auditMinted();
  return left;
}

async function inspectLists(sessions: Sessions<Data>, books: Books): Promise<void> {
  const known = [...books.sessions.values()];
  for (const user of new Set(known.flatMap((session) => session.user ?? []))) {
    const listed = new Set(await again(() => listAll(sessions, user, 10)));
    for (const session of known.filter((one) => one.user === user)) {
      const standing = standingOf(books, session);
      const isSignedIn = session.signedIn < Number.POSITIVE_INFINITY;
      if (standing === "over" && listed.has(session.id)) {
        books.violation(`session ${session.id} is in the list of ${user} although it was ended`);
      }
      if (standing === "live" && isSignedIn && !listed.has(session.id)) {
        books.violation(`session ${session.id} is not in the list of ${user}`);
      }
    }
    for (const id of listed) if (!books.minted.has(id)) books.violation(`session ${id} was made by nobody`);
  }
}

/** Whoever was over the limit while the store was out of order is within it after the next login. */
async function inspectLimit(limited: Sessions<Data>, books: Books): Promise<void> {
  for (const user of limitedUsers) {
    const { id } = await again(() => limited.issue({ userId: user }));
    const ids = await again(() => listAll(limited, user, 100));
    if (ids.length > mostPerUser) books.violation(`${user} has ${ids.length} sessions and may have ${mostPerUser}`);
    if (!ids.includes(id)) books.violation(`the newest session of ${user} is not among those that are kept`);
  }
}

type Standing = "over" | "live" | "open question";

function standingOf(books: Books, session: SessionBook): Standing {
  if (books.endOf(session) < now()) return "over";
  return books.mayHaveEnded(session, Number.POSITIVE_INFINITY) ? "open question" : "live";
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
