import {
  type DurableObjectNamespace,
  type DurableObjectState,
  durableObjectStore,
  SessionShard as Shard,
} from "coatcheck/stores/durable-object";
import { stamp } from "../../../src/testing/store/rule.ts";

type State = DurableObjectState & { readonly storage: { deleteAlarm(): Promise<void> } };

/** Tells what only the object itself can see. */
export class SessionShard extends Shard {
  readonly #state: State;

  constructor(state: State) {
    super(state);
    this.#state = state;
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return super.fetch(request);
    if (pathname === "/ring") {
      // As the platform does: an alarm that goes off is no longer set.
      await this.#state.storage.deleteAlarm();
      await this.alarm();
    }
    if (pathname === "/break") this.#state.storage.sql.exec("DROP TABLE coatcheck_sessions");
    return Response.json({ alarm: await this.#state.storage.getAlarm() });
  }
}

const namespace = "session";
const minute = 60_000;

/** Each answers what the test compares. */
const scenes: Readonly<Record<string, (namespace: DurableObjectNamespace) => Promise<unknown>>> = {
  async alarms(binding) {
    const store = durableObjectStore({ namespace: binding, shards: 1, prefix: "alarms:" });
    const tell = async (path: string) => {
      const shard = binding.get(binding.idFromName("alarms:0/1"));
      const { alarm } = (await (await shard.fetch(`https://shard${path}`)).json()) as { alarm: number | null };
      return alarm === null ? null : Math.round((alarm - now) / minute);
    };
    const now = Date.now();
    const record = (id: string, minutes: number) => {
      const times = { createdAt: now, lastSeenAt: now, expiresAt: now + minutes * minute };
      return { namespace, id, ...stamp(1), body: "", ...times };
    };
    const past = now - 1_000 * minute;
    const told: (number | null)[] = [await tell("/look")];
    await store.create(record("long", 600), past);
    told.push(await tell("/look"));
    await store.create(record("short", 60), past);
    told.push(await tell("/look"));
    await store.touch({ namespace, id: "short" }, stamp(1), now, now + 90 * minute, past);
    told.push(await tell("/look"));
    await store.create(record("over", -6), past);
    await store.create(record("over by less than clocks may differ", -4), past);
    told.push(await tell("/look"));
    const before = await store.count?.(namespace, past);
    const next = await tell("/ring");
    const after = await store.list?.(namespace, { limit: 9 }, past);
    await store.clear?.(namespace);
    return { told, before, next, after: after?.records.map(({ id }) => id).sort(), last: await tell("/ring") };
  },

  async "far deadline"(binding) {
    const store = durableObjectStore({ namespace: binding, prefix: "far:", locationHint: "weur" });
    const times = { createdAt: 1, lastSeenAt: 1, expiresAt: Number.MAX_SAFE_INTEGER };
    return store.create({ namespace, id: "a", ...stamp(1), body: "", ...times }, 1);
  },

  async shards(binding) {
    const store = durableObjectStore({ namespace: binding, shards: 4, prefix: "shards:" });
    const now = Date.now();
    const times = { createdAt: now, lastSeenAt: now, expiresAt: now + minute };
    const ids = Array.from({ length: 400 }, () => crypto.randomUUID());
    await Promise.all(ids.map((id) => store.create({ namespace, id, ...stamp(1), body: "", ...times }, now)));
    const own = (shard: number) => durableObjectStore({ namespace: oneShard(binding, shard), shards: 1 });
    return Promise.all([0, 1, 2, 3].map((shard) => own(shard).count?.(namespace, now)));
  },

  async failure(binding) {
    const store = durableObjectStore({ namespace: binding, shards: 1, prefix: "failure:" });
    await binding.get(binding.idFromName("failure:0/1")).fetch("https://shard/break");
    const { code, message } = await Promise.resolve(store.delete({ namespace, id: "a" })).catch((error) => error);
    return { code, message };
  },
};

/** Leads to one shard of four, whatever is asked for. */
const oneShard = (binding: DurableObjectNamespace, shard: number): DurableObjectNamespace => ({
  idFromName: () => binding.idFromName(`shards:${shard}/4`),
  get: (id) => binding.get(id),
});

export default {
  async fetch(request: Request, { SESSIONS }: { SESSIONS: DurableObjectNamespace }): Promise<Response> {
    const scene = decodeURIComponent(new URL(request.url).pathname.slice(1));
    return Response.json(await scenes[scene]?.(SESSIONS));
  },
};
