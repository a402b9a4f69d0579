import type { SessionManager } from "../../../types/sessions.ts";
import { same } from "../../assert.ts";
import { basics, httpError, reported } from "../app.ts";
import type { AdapterRule, Harness, Visitor } from "../harness.ts";
import type { AdapterApp, Data } from "../rule.ts";

/** Failing handlers and failing commits. */
export const errorRules: readonly AdapterRule[] = [
  {
    title: "B19: a handler that throws, or answers 500 or more, changes nothing",
    async check(harness) {
      const visitor = await visitorOf(harness, (sessions) => ({
        "/throws": ({ session }) => {
          session(sessions).set("views", 99);
          throw new Error("a bug of the application");
        },
        "/answers": ({ session }) => {
          session(sessions).set("views", 99);
          return { status: 502, body: "bad gateway" };
        },
      }));
      for (const [path, status] of [
        ["/throws", 500],
        ["/answers", 502],
      ] as const) {
        const answer = await visitor.get(path);
        same([answer.status, answer.setCookies], [status, []], `${path}: status and Set-Cookie`);
        same(reported(await visitor.get("/read")).data, { views: 1 }, `${path}: the data`);
      }
    },
  },
  {
    title: "B19: a handler that throws 4xx keeps its changes",
    async check(harness) {
      const visitor = await visitorOf(harness, (sessions) => ({
        "/throws": ({ session }) => {
          session(sessions).set("views", 2);
          throw httpError(404);
        },
      }));
      same((await visitor.get("/throws")).status, 404, "status");
      same(reported(await visitor.get("/read")).data, { views: 2 }, "the data");
    },
  },
  {
    title: "B19: what was saved before the handler failed stays, and its cookie goes out with the error",
    async check(harness) {
      const sessions = harness.sessions();
      const app: AdapterApp = {
        ...basics(sessions),
        "/saves": async ({ session }) => {
          const current = session(sessions);
          current.set("saved", true);
          await current.save();
          current.set("lost", true);
          throw new Error("a bug of the application");
        },
      };
      const visitor = (await harness.open(app, sessions))();
      const { status, setCookies } = await visitor.get("/saves");
      same([status, setCookies.length], [500, 1], "status and Set-Cookie lines");
      same(reported(await visitor.get("/read")).data, { saved: true }, "the data");
    },
  },
  {
    title: "B24: a session that cannot be stored is an error, and has no cookie",
    async check(harness) {
      const visitor = await visitorOf(harness, (sessions) => ({
        "/fails": ({ session }) => {
          session(sessions).set("views", 99);
          harness.store.isDown = true;
          return { status: 302, headers: { location: "/read" } };
        },
      }));
      const stranger = visitor.copy();
      stranger.jar.clear();
      for (const one of [stranger, visitor]) {
        const { status, setCookies, headers } = await one.get("/fails");
        same([status, setCookies, headers.get("location")], [503, [], null], "status, Set-Cookie and Location");
        harness.store.isDown = false;
      }
      same(reported(await visitor.get("/read")).data, { views: 1 }, "the data");
    },
  },
  {
    title: "B24: the status is the error's own: 429 for too many sessions, 500 for too large a one",
    async check(harness) {
      const limits = { maxSessionsPerUser: 1, overflow: "reject", maxBytes: 2000 } as const;
      const sessions = harness.sessions(limits);
      const app: AdapterApp = {
        ...basics(sessions),
        "/large": ({ session }) => {
          session(sessions).set("large", "x".repeat(3000));
          return { body: "set" };
        },
      };
      const newVisitor = await harness.open(app, sessions);
      same((await newVisitor().get("/login")).status, 200, "the first login");
      const second = await newVisitor().get("/login");
      same([second.status, second.setCookies], [429, []], "status and Set-Cookie of the second login");
      const large = await newVisitor().get("/large");
      same([large.status, large.setCookies], [500, []], "status and Set-Cookie of the large session");
    },
  },
  {
    title: "B25: while the store is down, only requests that use the session fail, and the cookie stays as it was",
    async check(harness) {
      const visitor = await visitorOf(harness, () => ({}));
      harness.store.isDown = true;
      for (const [path, status] of [
        ["/plain", 200],
        ["/read", 503],
        ["/write", 503],
      ] as const) {
        const answer = await visitor.get(path);
        same([answer.status, answer.setCookies], [status, []], `${path}: status and Set-Cookie`);
      }
      harness.store.isDown = false;
      same(reported(await visitor.get("/read")).data, { views: 1 }, "the data when the store is back");
    },
  },
  {
    title: "B25: with onStoreError anonymous, a session reads as empty and refuses writes",
    async check(harness) {
      const sessions = harness.sessions({ onStoreError: "anonymous" });
      const visitor = (await harness.open(basics(sessions), sessions))();
      await visitor.get("/write");
      harness.store.isDown = true;
      const read = await visitor.get("/read");
      same(
        [read.status, reported(read).data, read.setCookies],
        [200, {}, []],
        "status, data and Set-Cookie of a reader",
      );
      const write = await visitor.get("/write");
      same([write.status, write.setCookies], [503, []], "status and Set-Cookie of a writer");
      harness.store.isDown = false;
      same(reported(await visitor.get("/read")).data, { views: 1 }, "the data when the store is back");
    },
  },
];

/** Returns a visitor whose session holds one view. */
async function visitorOf(harness: Harness, app: (sessions: SessionManager<Data>) => AdapterApp): Promise<Visitor> {
  const sessions = harness.sessions();
  const visitor = (await harness.open({ ...basics(sessions), ...app(sessions) }, sessions))();
  await visitor.get("/write");
  return visitor;
}
