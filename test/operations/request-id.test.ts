import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createSessions } from "coatcheck";
import {
  channelNames,
  diagnosticsChannels,
  type IdentifiedEvent,
  identified,
  withRequestId,
} from "coatcheck/diagnostics";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { patient } from "../support/stores/stores.ts";

interface Visits {
  n: number;
}

describe("withRequestId()", () => {
  test("B194: gives the events of each request its id, also of requests at once, and no id to others", async () => {
    const channels = diagnosticsChannels();
    const quiet = { pruneInterval: false, observer: () => undefined } as const;
    const sessions = createSessions<Visits>({ ...patient, ...quiet, store: channels.store(memoryStore()) });
    onTestFinished(() => sessions.close());
    const told: IdentifiedEvent[] = [];
    const published: { type?: string; operation?: string; requestId?: string }[] = [];
    const listen = (message: unknown): void => void published.push(message as (typeof published)[number]);
    for (const name of Object.values(channelNames)) subscribe(name, listen);
    onTestFinished(() => {
      for (const name of Object.values(channelNames)) unsubscribe(name, listen);
    });
    sessions.observe(identified((event) => void told.push(event)));
    sessions.observe(channels.observer);

    const ids = Array.from({ length: 10 }, (_, at) => `request-${at}`);
    await Promise.all(
      ids.map((id) =>
        withRequestId(id, () =>
          sessions.handle(new Request("http://localhost/"), async (_, session) => {
            session.set("n", 1);
            await session.save();
            session.login(id);
            return new Response();
          }),
        ),
      ),
    );
    for (const id of ids) {
      const hers = told.filter(({ requestId }) => requestId === id);
      expect(hers.map(({ type }) => type)).toEqual(expect.arrayContaining(["created", "login"]));
      expect(hers).toContainEqual(expect.objectContaining({ type: "login", userId: id }));
      const stored = published.filter(({ requestId }) => requestId === id);
      expect(stored).toContainEqual(expect.objectContaining({ operation: "create" }));
      expect(stored).toContainEqual(expect.objectContaining({ type: "login" }));
    }
    const before = told.length;
    await sessions.revokeAll("request-1");
    const later = told.slice(before);
    expect(later.map(({ type }) => type)).toContain("destroyed");
    for (const event of later) expect(event).not.toHaveProperty("requestId");
  });
});
