import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type Sessions } from "coatcheck";
import { expect, onTestFinished, test } from "vitest";
import { Counter } from "../support/faults/counter.ts";
import { startWorker } from "../support/processes/workers.ts";
import { describeStore, openAgain, patient, storeNames, storeUnderTest } from "../support/stores/stores.ts";

/** So long that timers of the worker are due when it goes on, and its connections have been silent. */
const pauseMs = 2_500;

for (const name of storeNames.filter((name) => name !== "memory")) {
  const subject = await storeUnderTest(name);

  describeStore(`a process that stands still, ${name}`, subject, () => {
    /** A worker that has loaded the session, is stopped, and goes on when `meanwhile` is over. */
    async function stopped(meanwhile: (sessions: Sessions, id: string) => Promise<unknown>) {
      const url = subject.url();
      const sessions = createSessions({ ...patient, store: await openAgain(url) });
      onTestFinished(() => sessions.close());
      const { id } = await sessions.issue({ data: { first: 1 } });
      const worker = startWorker("paused-worker.ts", [url, id]);
      onTestFinished(() => void worker.kill("SIGKILL"));
      expect(await worker.line()).toBe("loaded");
      worker.kill("SIGSTOP");
      await meanwhile(sessions, id);
      await sleep(pauseMs);
      worker.write("go on\n");
      worker.kill("SIGCONT");
      return { outcome: await worker.line(), sessions, id };
    }

    test("B46: a paused process cannot bring back a session that was ended during the pause", async () => {
      const { outcome, sessions, id } = await stopped((others, id) => others.revoke(id, { anyUser: true }));
      expect(outcome).toBe("SESSION_GONE");
      expect(await sessions.find(id)).toBeUndefined();
    });

    test("B46: a paused process merges its change with what others wrote during the pause", async () => {
      const { outcome, sessions, id } = await stopped((others, id) => others.edit(id, (one) => one.set("second", 2)));
      const data = await sessions.edit(id, (session) => session.toObject());
      if (outcome === "committed") expect(data).toEqual({ first: 1, second: 2, late: true });
      else expect(data).toMatchObject({ first: 1, second: 2 });
      expect(["committed", "COMMIT_UNKNOWN", "STORE_TIMEOUT", "STORE_UNAVAILABLE", "COMMIT_TIMEOUT"]).toContain(
        outcome,
      );
    });
  });

  describeStore(`a manager that is closed, ${name}`, subject, () => {
    test("B46: close() lets commits that have begun finish, or fail them visibly", async () => {
      const url = subject.url();
      const observer = () => undefined;
      const closing = createSessions<{ n: number }>({ ...patient, store: await openAgain(url), observer });
      const counter = await Counter.start(closing);
      const adding = Array.from({ length: 50 }, () => counter.add());
      await closing.close();
      await Promise.all(adding);
      const after = createSessions<{ n: number }>({ ...patient, store: await openAgain(url) });
      onTestFinished(() => after.close());
      await counter.check(after);
    });
  });
}
