import type { SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAt } from "../../src/stores/shared/fence.ts";
import { type Log, plans, play } from "./world.ts";

/** The rules that hold whatever the order of events was; each broken one in a sentence. */
async function judge(log: Log): Promise<string[]> {
  const broken = [...log.broken];
  const { manager, now } = log;

  for (const id of log.destroyed) {
    if (await log.store.read({ namespace: "session", id }, now()))
      broken.push("resurrection: a destroyed session is there");
  }

  for (const { index, status, token, wrote, pushed, isAfresh } of log.results) {
    if (status >= 400 && status !== 404) continue;
    if (token === undefined || isAfresh || log.uncertain.has(`r${index}`)) continue;
    const found = await open(manager, token);
    if (!found) {
      if (log.endings === 0 && log.minutes < 60) broken.push(`request ${index} succeeded and its session is not there`);
      continue;
    }
    if (found.data[`r${index}`] !== wrote)
      broken.push(`lost update: r${index} is ${String(found.data[`r${index}`])} and not ${String(wrote)}`);
    const list = (found.data[`list${index}`] ?? []) as string[];
    if (pushed.some((mark) => !list.includes(mark))) broken.push(`lost push: list${index}`);
  }

  for (const [id, count] of log.counted) {
    const state = await manager.find(id);
    if (!state) continue;
    const n = Number(await manager.edit(id, (session) => session.get("n")));
    const exact = log.uncertain.has("n") ? n >= count : n === count;
    if (!exact) broken.push(`inexact update: ${n} for ${count} acknowledged`);
  }

  if (log.taken.length > 1) broken.push("a value was taken twice");
  if (new Set(log.received).size !== log.received.length) broken.push("a flash message was received twice");
  if ((await manager.find(log.id)) && !log.uncertain.has("flash")) {
    const left = await manager.edit(log.id, (session) => session.flashes<string>());
    for (const { id, message } of log.flashed) {
      if (id === log.id && !log.received.includes(message) && !left.includes(message))
        broken.push("a flash message was lost");
    }
  }
  return broken;
}

async function open(manager: Log["manager"], token: string): Promise<{ data: Record<string, unknown> } | undefined> {
  let data: Record<string, unknown> | undefined;
  const request = new Request("http://localhost/", { headers: { cookie: `session=${token}` } });
  await manager.handle(request, (_, session) => {
    if (!session.isNew) data = session.toObject();
    return new Response();
  });
  return data && { data };
}

const property = (makeStore?: () => SessionStore) =>
  fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
    const broken = await judge(await play(plan, scheduler, makeStore));
    if (broken.length > 0) throw new Error(broken.join("; "));
  });

describe("model of requests that interleave at every await", () => {
  it("B9 B10 B11: nothing is lost, resurrected, counted twice or written across a login, and responses are true", async () => {
    await fc.assert(property(), { numRuns: 3000, endOnFailure: false });
    // Half a minute on a calm machine.
  }, 600_000);

  const brokenStores: Record<string, () => SessionStore> = {
    "replaces without looking at the version": () => {
      const inner = memoryStore();
      return {
        ...inner,
        replace: async (record, _, now) => {
          const current = await inner.read(record, now);
          return current ? inner.replace({ ...record, version: current.version + 1 }, current, now) : false;
        },
      };
    },
    "saves with an upsert": () => {
      const inner = memoryStore();
      return {
        ...inner,
        replace: async (record, expected, now) =>
          (await inner.replace(record, expected, now)) ||
          (!(await inner.read(record, now)) && inner.create(record, now)),
      };
    },
    "checks, and then sets": () => {
      const inner = memoryStore();
      return {
        ...inner,
        replace: async (record, expected, now) => {
          const current = await inner.read(record, now);
          if (!current || !isAt(current, expected)) return false;
          await new Promise((resolve) => setImmediate(resolve));
          await inner.delete(record);
          return inner.create(record, now);
        },
      };
    },
  };
  for (const [name, make] of Object.entries(brokenStores)) {
    it(`the model notices a store that ${name}`, async () => {
      const { failed } = await fc.check(property(make), { numRuns: 3000, endOnFailure: true });
      expect(failed).toBe(true);
    });
  }
});
