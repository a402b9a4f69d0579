import type { SessionManager } from "../../../types/sessions.ts";
import { same } from "../../assert.ts";
import { basics, reported } from "../app.ts";
import type { AdapterRule } from "../harness.ts";
import type { AdapterApp, Data, Reply } from "../rule.ts";

/** No byte of a response is sent before its session is stored. */
export const responseRules: readonly AdapterRule[] = [
  {
    title: "B23: a redirect reaches the visitor after the save, and the followed request sees the data",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(answers(sessions), sessions))();
      harness.store.delay = 200;
      const { status, headers } = await visitor.request("/redirect");
      same(harness.store.writes, ["create"], "what the store had done when the redirect arrived");
      same([status, headers.get("location")], [302, "/read"], "status and Location");
      same(reported(await visitor.get("/read")).data, { views: 1 }, "the data of the followed request");
    },
  },
  {
    title: "B23: a stream has the cookie in its first headers, and begins after the save",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(answers(sessions), sessions))();
      harness.store.delay = 200;
      const response = await visitor.request("/stream");
      same(harness.store.writes, ["create"], "what the store had done when the headers arrived");
      same(response.headers.getSetCookie().length, 1, "Set-Cookie lines");
      same(await response.text(), "first second", "the body");
    },
  },
  {
    title: "B23: HEAD, 204 and 304 carry the cookie and no body",
    async check(harness) {
      const sessions = harness.sessions();
      const newVisitor = await harness.open(answers(sessions), sessions);
      for (const [path, method, status] of [
        ["/stream", "HEAD", 200],
        ["/empty", "GET", 204],
        ["/fresh", "GET", 304],
      ] as const) {
        const answer = await newVisitor().get(path, {}, method);
        same([answer.status, answer.setCookies.length, answer.body], [status, 1, ""], `${method} ${path}`);
      }
    },
  },
  {
    title: "B23: parallel requests of one visitor each get their own answer, and all their keys are kept",
    async check(harness) {
      const sessions = harness.sessions();
      const keys = ["a", "b", "c", "d"];
      const routes = keys.map((key): [string, AdapterApp[string]] => [
        `/${key}`,
        ({ session }) => {
          session(sessions).set(key, key);
          return { body: key };
        },
      ]);
      const visitor = (await harness.open({ ...basics(sessions), ...Object.fromEntries(routes) }, sessions))();
      await visitor.get("/write");
      harness.store.delay = 5;
      const answers = await Promise.all(keys.map((key) => visitor.get(`/${key}`)));
      same(
        answers.map(({ body }) => body),
        keys,
        "the answers",
      );
      same(reported(await visitor.get("/read")).data, { views: 1, a: "a", b: "b", c: "c", d: "d" }, "the data");
    },
  },
];

/** Handlers that write to the session and then respond in different ways. */
function answers(sessions: SessionManager<Data>): AdapterApp {
  const after =
    (reply: () => Reply): AdapterApp[string] =>
    ({ session }) => {
      session(sessions).set("views", 1);
      return reply();
    };
  return {
    ...basics(sessions),
    "/redirect": after(() => ({ status: 302, headers: { location: "/read" } })),
    "/stream": after(() => ({ body: pieces() })),
    "/empty": after(() => ({ status: 204 })),
    "/fresh": after(() => ({ status: 304 })),
  };
}

async function* pieces(): AsyncGenerator<string> {
  yield "first ";
  yield "second";
}
