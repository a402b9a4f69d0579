import { unstorageStore } from "coatcheck/bridges/unstorage";
import { type D1Database, d1Store } from "coatcheck/stores/d1";
import { type DurableObjectNamespace, durableObjectStore } from "coatcheck/stores/durable-object";
import { createStorage } from "unstorage";
import kvDriver from "unstorage/drivers/cloudflare-kv-binding";

export { SessionShard } from "coatcheck/stores/durable-object";

interface Env {
  readonly DB: D1Database & { withSession(): D1Database };
  readonly KV: never;
  readonly SESSIONS: DurableObjectNamespace;
}

/** What is not a place for sessions, as the real bindings look. */
const mistakes: Readonly<Record<string, (env: Env) => unknown>> = {
  "KV as D1": ({ KV }) => d1Store({ database: KV }),
  "KV as Durable Objects": ({ KV }) => durableObjectStore({ namespace: KV }),
  "KV through unstorage": ({ KV }) => unstorageStore({ storage: createStorage({ driver: kvDriver({ binding: KV }) }) }),
  "a session of D1": ({ DB }) => d1Store({ database: DB.withSession() }),
  "Durable Objects as D1": ({ SESSIONS }) => d1Store({ database: SESSIONS as never }),
  "D1 as Durable Objects": ({ DB }) => durableObjectStore({ namespace: DB as never }),
};

export default {
  fetch(request: Request, env: Env): Response {
    const mistake = decodeURIComponent(new URL(request.url).pathname.slice(1));
    try {
      mistakes[mistake]?.(env);
      return Response.json({});
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return Response.json({ code, message });
    }
  },
};
