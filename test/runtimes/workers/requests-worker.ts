import { createSessions, type Sessions } from "coatcheck";
import { type D1Database, d1Store } from "coatcheck/stores/d1";
import { type DurableObjectNamespace, durableObjectStore } from "coatcheck/stores/durable-object";
import { memoryStore } from "coatcheck/stores/memory";

export { SessionShard } from "coatcheck/stores/durable-object";

interface Env {
  readonly DB: D1Database;
  readonly SHARDS: DurableObjectNamespace;
}

const managers = new Map<string, Sessions<{ n: number }>>();

const stores = {
  d1: ({ DB }: Env) => d1Store({ database: DB }),
  "durable-object": ({ SHARDS }: Env) => durableObjectStore({ namespace: SHARDS }),
  silent: () => ({ ...memoryStore(), read: () => new Promise<never>(() => undefined) }),
};

/** One manager for all requests, as applications have it. */
function managerOf(name: string, env: Env): Sessions<{ n: number }> {
  const known = managers.get(name);
  if (known) return known;
  const store = stores[name as keyof typeof stores](env);
  const limits =
    name === "silent"
      ? ({ storeTimeout: "200ms", observer: () => undefined } as const)
      : ({ storeTimeout: "60s", commitTimeout: "60s" } as const);
  const made = createSessions<{ n: number }>({ store, ...limits, pruneInterval: false });
  managers.set(name, made);
  return made;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, name = "", path] = new URL(request.url).pathname.split("/");
    const sessions = managerOf(name, env);
    // A login reads from the store, which the silent one does not answer.
    const user = name === "silent" ? {} : { userId: "ada" };
    if (path === "issue") return Response.json(await sessions.issue({ data: { n: 0 }, ...user }));
    if (path === "revoke") return Response.json(await sessions.revokeAll("ada"));
    return sessions.handle(request, async (_, session) =>
      Response.json(path === "add" ? await session.update("n", (n = 0) => n + 1) : (session.get("n") ?? "nothing")),
    );
  },
};
