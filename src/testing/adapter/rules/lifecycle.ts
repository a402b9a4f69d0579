import { same } from "../../assert.ts";
import { basics, gate, parseCookie, reported, reportSession } from "../app.ts";
import type { AdapterRule } from "../harness.ts";

/** The life of a session, from one request to the next. */
export const lifecycleRules: readonly AdapterRule[] = [
  {
    title: "B1: a visitor for whom nothing is written leaves no trace",
    async check(harness) {
      const sessions = harness.sessions();
      const newVisitor = await harness.open(basics(sessions), sessions);
      for (const path of ["/plain", "/read"])
        same((await newVisitor().get(path)).setCookies, [], `Set-Cookie of ${path}`);
      same(harness.store.calls, [], "store calls");
    },
  },
  {
    title: "B2: what is written comes back with the next request, under the same id",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      const written = reported(await visitor.get("/write"));
      same(written.isNew, true, "isNew at first");
      const read = await visitor.get("/read");
      same(reported(read), { id: written.id, isNew: false, data: { views: 1 } }, "the next request");
      same(read.setCookies, [], "Set-Cookie when nothing moved");
    },
  },
  {
    title: "B3: a token that the store does not know is never adopted",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      await visitor.get("/write");
      const offered = visitor.cookie;
      await sessions.destroyAll();
      const written = reported(await visitor.get("/write"));
      same([written.isNew, written.data], [true, { views: 1 }], "a new session");
      same(offered.includes(written.id), false, "the offered id was used again");
      same(visitor.cookie.split(".")[1] === offered.split(".")[1], false, "the offered secret was used again");
    },
  },
  {
    title: "B4: a malformed token never reaches the store",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      await visitor.get("/write");
      const [name = "", token = ""] = visitor.cookie.split("=");
      harness.store.calls.length = 0;
      for (const bad of [
        "",
        ".",
        "../../../x",
        `${token}A`,
        `${token}=`,
        token.slice(7),
        `%2e${token}`,
        "x".repeat(5000),
      ]) {
        const answer = await visitor.get("/read", { cookie: `${name}=${bad}` });
        same([answer.status, reported(answer).isNew], [200, true], `the request with ${bad.slice(0, 80)}`);
      }
      same(harness.store.calls, [], "store calls");
    },
  },
  {
    title: "B6: regenerate answers with one new cookie, keeps the data, and ends the old token",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      const { id } = reported(await visitor.get("/write"));
      const thief = visitor.copy();
      const answer = await visitor.get("/regenerate");
      same(answer.setCookies.length, 1, "Set-Cookie lines");
      same(visitor.cookie === thief.cookie, false, "the token is the old one");
      same(reported(await visitor.get("/read")), { id, isNew: false, data: { views: 1 } }, "the new token");
      same(reported(await thief.get("/read")).data, {}, "the old token's data");
    },
  },
  {
    title: "B7: login issues a token that an attacker who planted the old one does not have",
    async check(harness) {
      const sessions = harness.sessions();
      const attacker = (await harness.open(basics(sessions), sessions))();
      await attacker.get("/write");
      const victim = attacker.copy();
      same((await victim.get("/login")).setCookies.length, 1, "Set-Cookie lines");
      same(reported(await victim.get("/read")).userId, "ada", "the signed-in user");
      same(reported(await attacker.get("/read")).userId, undefined, "the user behind the planted token");
    },
  },
  {
    title: "B7: a slow request that began before the login cannot write, and does not overwrite the new cookie",
    async check(harness) {
      const sessions = harness.sessions();
      const [entered, released] = [gate(), gate()];
      const app = {
        ...basics(sessions),
        "/slow": async ({ session }) => {
          const current = session(sessions);
          current.set("slow", true);
          entered.open();
          await released.passed;
          return reportSession(current);
        },
      } satisfies Parameters<typeof harness.open>[0];
      const visitor = (await harness.open(app, sessions))();
      await visitor.get("/write");
      const slow = visitor.copy().get("/slow");
      await entered.passed;
      await visitor.get("/login");
      released.open();
      const { status, setCookies } = await slow;
      same([status, setCookies], [409, []], "status and Set-Cookie of the slow request");
      same(reported(await visitor.get("/read")).data, { views: 1 }, "the session");
    },
  },
  {
    title: "B8: destroy ends the session and expires its cookie, attribute by attribute",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      const set = parseCookie((await visitor.get("/write")).setCookies[0]);
      const thief = visitor.copy();
      const { setCookies } = await visitor.get("/destroy");
      same(setCookies.length, 1, "Set-Cookie lines");
      const cleared = parseCookie(setCookies[0]);
      const kept = (attributes: string[]) => attributes.filter((one) => !/^(expires|max-age)=/.test(one)).sort();
      same([cleared.name, cleared.value], [set.name, ""], "the expiring cookie");
      same(kept(cleared.attributes), kept(set.attributes), "its attributes");
      same(cleared.attributes.includes("max-age=0"), true, "Max-Age=0");
      same(visitor.cookie, "", "what the browser kept");
      same(await sessions.count(), 0, "records");
      same(reported(await thief.get("/write")).data, { views: 1 }, "the data behind the old token");
    },
  },
  {
    title: "B8: a write after destroy, in the same request, starts another session",
    async check(harness) {
      const sessions = harness.sessions();
      const app = {
        ...basics(sessions),
        "/again": async ({ session }) => {
          const current = session(sessions);
          await current.destroy();
          current.set("views", 10);
          return reportSession(current);
        },
      } satisfies Parameters<typeof harness.open>[0];
      const visitor = (await harness.open(app, sessions))();
      const { id } = reported(await visitor.get("/write"));
      same((await visitor.get("/again")).setCookies.length, 1, "Set-Cookie lines");
      const now = reported(await visitor.get("/read"));
      same([now.id === id, now.data], [false, { views: 10 }], "the new session");
    },
  },
];
