import {
  createSessions,
  generateKey,
  type OpenSession,
  type SessionManager,
  type SessionStore,
  type StoredRecord,
} from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import type { BenchData } from "../data.ts";
import { then } from "../http/variants/routes.ts";
import type { CoreKept, CoreRoute, Program, ProgramOptions, Visited } from "./program.ts";

/** The library without an adapter, everything else at its default. */
export function ours({ kept, clock }: ProgramOptions): Program {
  const sessions = makeSessions(kept, clock);
  return {
    begin: async (data) => (await sessions.issue({ data, secure: true })).cookie,
    visit: (head, route) => then(sessions.open(head, { carriers: [head] }), (opened) => use(opened, route)) as never,
  };
}

function makeSessions(kept: CoreKept, clock: () => number): SessionManager<BenchData> {
  const silent = { clock, observer: () => undefined, pruneInterval: false } as const;
  if (kept === "sealed") return createSessions<BenchData>({ ...silent, store: cookieStore({ keys: [generateKey()] }) });
  const memory = memoryStore();
  return createSessions<BenchData>({ ...silent, store: kept === "later" ? answeringLater(memory) : memory });
}

function use({ session, commit }: OpenSession<BenchData>, route: CoreRoute) {
  let views: number | undefined;
  if (route === "read") views = session.get("views");
  if (route === "write") {
    views = (session.get("views") ?? 0) + 1;
    session.set("views", views);
  }
  return then(commit({ status: 200 }), (edits): Visited => {
    const cookie = edits.find(({ kind }) => kind === "cookie");
    return { views, setCookie: cookie?.value };
  });
}

/** A store as a database is one: it answers with promises, and with records that nobody has seen before. */
function answeringLater(store: SessionStore): SessionStore {
  return {
    ...store,
    async read(...call) {
      const record = await store.read(...call);
      return record && copyOf(record);
    },
    create: async (record, ...call) => store.create(copyOf(record), ...call),
    replace: async (record, ...call) => store.replace(copyOf(record), ...call),
    touch: async (...call) => store.touch(...call),
  };
}

function copyOf(record: StoredRecord): StoredRecord {
  const { namespace, id, version, commitId, body, userId, createdAt, lastSeenAt, expiresAt } = record;
  return { namespace, id, version, commitId, body, userId, createdAt, lastSeenAt, expiresAt };
}
