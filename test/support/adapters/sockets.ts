import { createSessions, type Sessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { spyOn } from "../stores/spy.ts";

export interface Visit {
  views: number;
  apples: number;
}

/** Two processes over one store: what one of them does, the other one is not told. */
export function twoProcesses(): { here: Sessions<Visit>; there: Sessions<Visit>; store: ReturnType<typeof spyOn> } {
  const store = spyOn(memoryStore());
  const make = (): Sessions<Visit> => createSessions<Visit>({ store, pruneInterval: false });
  return { here: make(), there: make(), store };
}

/** A visitor who has a session, and the header that a browser would send. */
export async function visitor(
  sessions: Sessions<Visit>,
  userId?: string,
): Promise<{ id: string; headers: { cookie: string } }> {
  const { id, cookie } = await sessions.issue({ data: { apples: 1 }, userId });
  return { id, headers: { cookie } };
}

/** One request of the visitor's browser; the cookie that it leaves. */
export async function browse(
  sessions: Sessions<Visit>,
  headers: { cookie: string },
  act: (session: ReturnType<Sessions<Visit>["get"]>) => unknown,
): Promise<{ cookie: string }> {
  const request = new Request("http://localhost/", { headers });
  const { status, headers: answered } = await sessions.handle(request, async (_, session) => {
    await act(session);
    return new Response();
  });
  if (status !== 200) throw new Error(`The request was answered with ${status}.`);
  const [line] = answered.getSetCookie();
  return { cookie: line?.split(";")[0] ?? headers.cookie };
}

/** Ways in which a session ends, and what its sockets are told. */
export const ends: readonly [
  what: string,
  end: (sessions: Sessions<Visit>, id: string, headers: { cookie: string }) => Promise<unknown>,
  told: "ended" | "renewed",
][] = [
  ["is revoked", (sessions, id) => sessions.revoke(id, { anyUser: true }), "ended"],
  ["is revoked with all of its user", (sessions) => sessions.revokeAll("ada"), "ended"],
  ["signs out", (sessions, _, headers) => browse(sessions, headers, (session) => session.destroy()), "ended"],
  ["expires", (sessions, id) => sessions.edit(id, (session) => session.expireAfter({ absolute: "1ms" })), "ended"],
  ["signs in as somebody else", (sessions, _, headers) => browse(sessions, headers, (s) => s.login("bob")), "renewed"],
  ["signs in again", (sessions, _, headers) => browse(sessions, headers, (s) => s.login("ada")), "renewed"],
  ["has a new token", (sessions, _, headers) => browse(sessions, headers, (s) => s.regenerate()), "renewed"],
];
