import { type D1Database, type D1Statement, d1Store } from "coatcheck/stores/d1";
import { stamp } from "../../../src/testing/store/rule.ts";

const record = (now: number) => {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 60_000 };
  return { namespace: "session", id: "a", ...stamp(1), body: "", ...times };
};

interface Counted extends D1Database {
  readonly sent: string[];
}

/** The binding, and what is sent through it. */
function counted(database: D1Database): Counted {
  const sent: string[] = [];
  return {
    sent,
    prepare(sql) {
      sent.push(sql.trim().split(/\s/, 1)[0] as string);
      return database.prepare(sql);
    },
    batch: (statements: D1Statement[]) => database.batch(statements),
  };
}

const scenes: Readonly<Record<string, (database: D1Database) => Promise<unknown>>> = {
  async "first use"(database) {
    const binding = counted(database);
    const store = d1Store({ database: binding, table: "first" });
    const now = Date.now();
    const created = await Promise.all(Array.from({ length: 5 }, () => store.create(record(now), now)));
    binding.sent.length = 0;
    await store.read(record(now), now);
    await store.replace({ ...record(now), version: 2 }, stamp(1), now);
    return { created: created.filter(Boolean).length, later: binding.sent };
  },
  async "not allowed to create"(database) {
    return d1Store({ database, table: "absent", createTable: false }).setup?.();
  },
  async "somebody else's table"(database) {
    await database.batch([database.prepare("CREATE TABLE theirs (id TEXT)")]);
    return d1Store({ database, table: "theirs" }).setup?.();
  },
  async "given up before the table was ready"(database) {
    const store = d1Store({ database, table: "late" });
    const controller = new AbortController();
    const creating = store.create(record(1), 1, { signal: controller.signal });
    controller.abort();
    const failure = await Promise.resolve(creating).catch((error) => error);
    return { code: failure.code, count: await store.count?.("session", 1) };
  },
};

export default {
  async fetch(request: Request, { DB }: { DB: D1Database }): Promise<Response> {
    const scene = decodeURIComponent(new URL(request.url).pathname.slice(1));
    try {
      return Response.json((await scenes[scene]?.(DB)) ?? null);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return Response.json({ code, message });
    }
  },
};
