import { AsyncLocalStorage } from "node:async_hooks";
import { createSessions, type Session, type SessionManager, type SessionStore, type Sessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import fc from "fast-check";
import { fromRecord, type SessionState } from "../../src/core/record/record.ts";

/** One thing that a request does. Keys are the request's own, except the counter, the coupon and the flash channel. */
export type Step =
  | {
      do:
        | "set"
        | "delete"
        | "push"
        | "update"
        | "take"
        | "flash"
        | "flashes"
        | "login"
        | "regenerate"
        | "destroy"
        | "save"
        | "read";
    }
  | { do: "wait"; minutes: number };

export interface Plan {
  readonly requests: readonly {
    readonly steps: readonly Step[];
    readonly manager: 0 | 1;
    readonly as: "visitor" | "job";
    readonly status: 200 | 404 | 500;
  }[];
  /** Which store calls fail, counted over the run. */
  readonly faults: readonly { readonly call: number; readonly when: "before" | "after" }[];
}

const name = fc.constantFrom(
  ...([
    "set",
    "set",
    "delete",
    "push",
    "update",
    "update",
    "take",
    "flash",
    "flashes",
    "login",
    "regenerate",
    "destroy",
    "save",
    "read",
  ] as const),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: name.map((word) => ({ do: word })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 }).map((minutes) => ({ do: "wait" as const, minutes })) },
);
export const plans: fc.Arbitrary<Plan> = fc.record({
  requests: fc.array(
    fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 5 }),
      manager: fc.constantFrom(0 as const, 1 as const),
      as: fc.constantFrom("visitor" as const, "visitor" as const, "visitor" as const, "job" as const),
      status: fc.constantFrom(200 as const, 200 as const, 200 as const, 404 as const, 500 as const),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  faults: fc.array(fc.record({ call: fc.nat(30), when: fc.constantFrom("before" as const, "after" as const) }), {
    maxLength: 3,
  }),
});

type Data = Record<string, unknown>;
interface Actor {
  readonly index: number;
  loadedEpoch: number | undefined;
}

/** What a run leaves behind for its judge. */
export interface Log {
  readonly store: SessionStore;
  readonly manager: Sessions<Data>;
  readonly now: () => number;
  readonly id: string;
  /** Rules broken at the very moment. */
  readonly broken: string[];
  readonly destroyed: Set<string>;
  readonly results: Result[];
  readonly counted: Map<string, number>;
  readonly uncertain: Set<string>;
  readonly taken: unknown[];
  readonly flashed: { id: string; message: string }[];
  readonly received: unknown[];
  /** Logins, regenerations and logouts that were asked for: each ends a token. */
  readonly endings: number;
  /** Minutes that passed. After an hour tokens rotate. */
  readonly minutes: number;
}

export interface Result {
  readonly index: number;
  readonly status: number;
  readonly token: string | undefined;
  readonly id: string | undefined;
  readonly wrote: unknown;
  readonly pushed: readonly string[];
  readonly isAfresh: boolean;
}

const actors = new AsyncLocalStorage<Actor>();
const codeOf = (error: unknown): string => String((error as { code?: string } | undefined)?.code ?? error);

/** Runs a plan in every order of its awaits that the scheduler chooses, and writes down what everybody was told. */
export async function play(
  plan: Plan,
  scheduler: fc.Scheduler,
  makeStore: () => SessionStore = memoryStore,
): Promise<Log> {
  const clock = testClock();
  const broken: string[] = [];
  const inner = makeStore();
  const store = watched(inner, plan, scheduler, broken);
  const options = {
    store,
    clock: clock.now,
    observer: () => undefined,
    pruneInterval: false,
    rotateAfter: "1h",
    idleTimeout: "10h",
    absoluteTimeout: "20h",
  } as const;
  const managers = [createSessions<Data>(options), createSessions<Data>(options)] as const;
  const quiet = createSessions<Data>({ ...options, store: inner });
  const lists = Object.fromEntries(plan.requests.map((_, i) => [`list${i}`, []]));
  const { id, token } = await quiet.issue({ data: { n: 0, coupon: "free", ...lists }, userId: "ann" });

  const log = {
    store: inner,
    manager: quiet,
    now: clock.now,
    id,
    broken,
    destroyed: new Set<string>(),
    results: [] as Result[],
    counted: new Map<string, number>(),
    uncertain: new Set<string>(),
    taken: [] as unknown[],
    flashed: [] as Log["flashed"],
    received: [] as unknown[],
    endings: 0,
    minutes: 0,
  };
  const pause = () => scheduler.schedule(Promise.resolve());

  const act = async (
    session: Session<Data>,
    step: Step,
    result: { wrote: unknown; pushed: string[]; pending: string[]; index: number; step: number },
  ) => {
    const { index } = result;
    const mark = `${index}.${result.step++}`;
    switch (step.do) {
      case "set":
        session.set(`r${index}`, mark);
        result.wrote = mark;
        break;
      case "delete":
        session.delete(`r${index}`);
        result.wrote = undefined;
        break;
      case "push": {
        const list = (session.get(`list${index}`) ?? []) as string[];
        if (!session.has(`list${index}`)) session.set(`list${index}`, list);
        list.push(mark);
        result.pushed.push(mark);
        break;
      }
      case "update": {
        try {
          await session.update("n", (now) => Number(now ?? 0) + 1);
          log.counted.set(session.id, (log.counted.get(session.id) ?? 0) + 1);
        } catch (error) {
          if (codeOf(error) !== "SESSION_GONE") log.uncertain.add("n");
          throw error;
        }
        break;
      }
      case "take": {
        try {
          const value = await session.take("coupon");
          if (value !== undefined) log.taken.push(value);
        } catch (error) {
          if (codeOf(error) !== "SESSION_GONE") log.uncertain.add("coupon");
          throw error;
        }
        break;
      }
      case "flash":
        session.flash(mark);
        result.pending.push(mark);
        break;
      case "flashes": {
        try {
          log.received.push(...(await session.flashes()));
        } catch (error) {
          if (codeOf(error) !== "SESSION_GONE") log.uncertain.add("flash");
          throw error;
        }
        break;
      }
      case "login":
        session.login("ann");
        log.endings++;
        break;
      case "regenerate":
        session.regenerate();
        log.endings++;
        break;
      case "destroy": {
        const { id: ended } = session;
        log.endings++;
        await session.destroy();
        log.destroyed.add(ended);
        break;
      }
      case "save":
        await session.save();
        break;
      case "read":
        session.toObject();
        break;
      case "wait":
        clock.advance(`${step.minutes}m`);
        log.minutes += step.minutes;
        break;
    }
  };

  const run = async (request: Plan["requests"][number], index: number): Promise<void> => {
    const manager = managers[request.manager] as SessionManager<Data> & Sessions<Data>;
    const result = { wrote: undefined as unknown, pushed: [] as string[], pending: [] as string[], index, step: 0 };
    let finalId: string | undefined;
    let failure: unknown;
    const work = async (session: Session<Data>) => {
      for (const step of request.steps) {
        await pause();
        await act(session, step, result);
      }
      await pause();
      finalId = session.id;
    };
    const durable: readonly string[] = ["save", "update", "take", "flashes"];
    const isAfresh = () =>
      request.steps.some((step) => step.do === "destroy") ||
      // What an earlier save left in the session that is gone is not in the new one.
      (finalId !== id && request.steps.some((step) => durable.includes(step.do)));
    const done = (status: number, newToken: string | undefined) => {
      // A login that found its session gone became another session at the commit.
      finalId = newToken?.split(".")[0] ?? finalId;
      if (failure === undefined && status < 500 && finalId !== undefined)
        for (const message of result.pending) log.flashed.push({ id: finalId, message });
      log.results.push({
        index,
        status,
        token: newToken,
        id: finalId,
        wrote: result.wrote,
        pushed: result.pushed,
        isAfresh: isAfresh(),
      });
    };
    if (request.as === "job") {
      try {
        await manager.edit(id, work);
        done(200, undefined);
      } catch (error) {
        failure = error;
        done(codeOf(error) === "SESSION_GONE" ? 409 : 503, undefined);
      }
    } else {
      const response = await manager.handle(
        new Request("http://localhost/", { headers: { cookie: `session=${token}` } }),
        async (_, session) => {
          await work(session);
          return new Response(null, { status: request.status });
        },
        {
          onError: (error) => {
            failure = error;
            return new Response(null, { status: codeOf(error) === "SESSION_GONE" ? 409 : 503 });
          },
        },
      );
      const line = response.headers.getSetCookie()[0];
      const value = line === undefined ? token : /^session=([^;]*)/.exec(line)?.[1] || undefined;
      if (failure === undefined) done(response.status, value);
      else done(codeOf(failure) === "SESSION_GONE" ? 409 : 503, value);
    }
    const code = failure === undefined ? undefined : codeOf(failure);
    if (code !== undefined && !["SESSION_GONE", "COMMIT_UNKNOWN", "STORE_UNAVAILABLE"].includes(code))
      broken.push(`unexpected failure ${code}`);
    if (code === "COMMIT_UNKNOWN" || code === "STORE_UNAVAILABLE")
      for (const what of ["n", "coupon", "flash", `r${index}`]) log.uncertain.add(what);
  };

  await scheduler.waitFor(
    Promise.all(
      plan.requests.map((request, index) => actors.run({ index, loadedEpoch: undefined }, () => run(request, index))),
    ),
  );
  return log;
}

/** A store whose every call is a turn of the scheduler, that fails as planned, and that checks each record it is given. */
function watched(inner: SessionStore, plan: Plan, scheduler: fc.Scheduler, broken: string[]): SessionStore {
  let calls = 0;
  const loaded = new Map<number, number>();
  const created = new Set<string>();
  const turn = async <T>(work: () => Promise<T>): Promise<T> => {
    const fault = plan.faults.find(({ call }) => call === calls);
    calls++;
    await scheduler.schedule(Promise.resolve());
    if (fault?.when === "before") throw new Error("injected before");
    const result = await work();
    await scheduler.schedule(Promise.resolve());
    if (fault) throw new Error("injected after");
    return result;
  };
  const epoch = (state: SessionState): number => state.control.epoch ?? 0;
  const check = (before: SessionState, after: SessionState): void => {
    if (after.version !== before.version + 1) broken.push("a version was skipped or repeated");
    if (epoch(after) < epoch(before)) broken.push("the epoch went back");
    const start = (state: SessionState): number => state.control.start ?? state.createdAt;
    if (epoch(after) === epoch(before) && start(after) !== start(before))
      broken.push("the absolute limit moved without a login");
    if (after.expiresAt > start(after) + 72_000_000) broken.push("a deadline beyond the absolute limit");
    if (after.lastSeenAt < before.lastSeenAt) broken.push("the idle deadline went back");
    for (const [index, atLoad] of loaded) {
      const own = plan.requests[index]?.steps.some((step) => step.do === "login" || step.do === "regenerate");
      const wrote =
        before.entries.get(`.r${index}`) !== after.entries.get(`.r${index}`) && after.entries.has(`.r${index}`);
      if (wrote && !own && atLoad !== epoch(before)) broken.push(`request ${index} wrote across an epoch`);
    }
  };
  return {
    ...inner,
    read: (key, now) =>
      turn(async () => {
        const record = await inner.read(key, now);
        const index = actors.getStore()?.index;
        if (record && index !== undefined && !loaded.has(index)) loaded.set(index, epoch(fromRecord(record)));
        return record;
      }),
    create: (record, now) =>
      turn(async () => {
        if (created.has(record.id)) broken.push("an id was created twice");
        created.add(record.id);
        return inner.create(record, now);
      }),
    replace: (record, expected, now) =>
      turn(async () => {
        const before = await inner.read(record, now);
        const replaced = await inner.replace(record, expected, now);
        const after = (await inner.read(record, now)) ?? record;
        if (replaced && before) check(fromRecord(before), fromRecord(after));
        if (replaced && !before) broken.push("a record was replaced that was not there");
        return replaced;
      }),
    touch: (key, expected, seen, expires, now) => turn(async () => inner.touch(key, expected, seen, expires, now)),
    delete: (key) => turn(async () => inner.delete(key)),
  };
}
