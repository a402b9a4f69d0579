import { createSessions, type SessionManager, type SessionStore } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { postgresStore } from "coatcheck/stores/postgres";
import { redisStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import pg from "pg";
import postgres from "postgres";
import { createClient } from "redis";

interface Env {
  readonly KEY: string;
  readonly REDIS: string;
  readonly POSTGRES: string;
  /** A place that no other test uses. */
  readonly PLACE: string;
}

interface Opened {
  readonly store: SessionStore;
  close(): Promise<unknown>;
}

/** A socket belongs to the request that opened it, so that each has a client of its own. */
const overSockets: Readonly<Record<string, (env: Env) => Promise<Opened>>> = {
  async redis({ REDIS, PLACE }) {
    const client = await createClient({ url: REDIS }).connect();
    return { store: redisStore({ client, prefix: `${PLACE}:` }), close: () => client.close() };
  },
  async ioredis({ REDIS, PLACE }) {
    const client = new Redis(REDIS);
    return { store: redisStore({ client, prefix: `${PLACE}:` }), close: () => client.quit() };
  },
  async pg({ POSTGRES, PLACE }) {
    const client = new pg.Client({ connectionString: POSTGRES });
    await client.connect();
    return { store: postgresStore({ client, table: PLACE }), close: () => client.end() };
  },
  async postgres({ POSTGRES, PLACE }) {
    const client = postgres(POSTGRES, { max: 1, fetch_types: false });
    return { store: postgresStore({ client, table: PLACE }), close: () => client.end() };
  },
};

interface Visit {
  n: number;
}

let inMemory: SessionManager<Visit> | undefined;
let inCookie: SessionManager<Visit> | undefined;

async function answer(request: Request, sessions: SessionManager<Visit>): Promise<Response> {
  const action = new URL(request.url).pathname.split("/")[2];
  return sessions.handle(request, async (_, session) => {
    if (action === "add") await session.update("n", (n = 0) => n + 1);
    if (action === "login") session.login("ada");
    if (action === "logout") await session.destroy();
    return Response.json({ n: session.get("n") ?? 0, user: session.userId ?? "nobody" });
  });
}

export default {
  async fetch(request: Request, env: Env, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response> {
    const name = new URL(request.url).pathname.split("/")[1] as string;
    if (name === "memory") {
      inMemory ??= createSessions<Visit>({ store: memoryStore(), pruneInterval: false });
      return answer(request, inMemory);
    }
    if (name === "cookie") {
      inCookie ??= createSessions<Visit>({ store: cookieStore({ keys: env.KEY }) });
      return answer(request, inCookie);
    }
    const { store, close } = await overSockets[name]!(env);
    const response = await answer(
      request,
      createSessions<Visit>({ store, pruneInterval: false, storeTimeout: "60s", commitTimeout: "60s" }),
    );
    context.waitUntil(close());
    return response;
  },
};
