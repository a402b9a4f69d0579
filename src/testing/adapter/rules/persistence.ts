import type { Session } from "../../../types/session.ts";
import { same } from "../../assert.ts";
import { basics, parseCookie, reported, reportSession } from "../app.ts";
import type { AdapterRule } from "../harness.ts";
import type { AdapterApp, Data } from "../rule.ts";

const minute = 60_000;

/** What persists between requests, and what two sessions of one request do not share. */
export const persistenceRules: readonly AdapterRule[] = [
  {
    title: "B14: a request extends the expiry at most once a minute, and re-sends the cookie only then",
    async check(harness) {
      const sessions = harness.sessions({ idleTimeout: "1h" });
      const visitor = (await harness.open(basics(sessions), sessions))();
      await visitor.get("/write");
      harness.now += minute / 2;
      same((await visitor.get("/read")).setCookies, [], "Set-Cookie after half a minute");
      same(harness.store.calls.includes("touch"), false, "touched after half a minute");
      harness.now += minute;
      const { setCookies } = await visitor.get("/read");
      same(parseCookie(setCookies[0]).attributes.includes("max-age=3600"), true, "the cookie's new Max-Age");
      same(harness.store.writes, ["create", "touch"], "what the store wrote");
    },
  },
  {
    title: "B16: remember and setCookieAttributes apply to later requests, also in another process",
    async check(harness) {
      const before = harness.sessions();
      const app: AdapterApp = {
        "/choose": ({ session }) => {
          const current = session(before);
          current.remember(false);
          current.setCookieAttributes({ sameSite: "strict" });
          return reportSession(current);
        },
      };
      const visitor = (await harness.open(app, before))();
      await visitor.get("/choose");
      const after = harness.sessions();
      const restarted = (await harness.open(basics(after), after))();
      const { setCookies } = await restarted.get("/regenerate", { cookie: visitor.cookie });
      const { attributes } = parseCookie(setCookies[0]);
      same(attributes.includes("samesite=strict"), true, "SameSite=Strict");
      same(
        attributes.filter((one) => /^(max-age|expires)=/.test(one)),
        [],
        "a lifetime of the cookie",
      );
    },
  },
  {
    title: "B17: flash messages wait for the request that reads them, and are read once",
    async check(harness) {
      const sessions = harness.sessions();
      const app: AdapterApp = {
        ...basics(sessions),
        "/flash": ({ session }) => {
          const current = session(sessions);
          current.flash("saved");
          current.flash({ code: 7 });
          current.flash("beware", "warning");
          return reportSession(current);
        },
        "/flashes": async ({ session }) => {
          const current = session(sessions);
          return { body: JSON.stringify([await current.flashes(), await current.flashes("warning")]) };
        },
      };
      const visitor = (await harness.open(app, sessions))();
      await visitor.get("/flash");
      await visitor.get("/read");
      same((await visitor.get("/flashes")).body, '[["saved",{"code":7}],["beware"]]', "the messages");
      same((await visitor.get("/flashes")).body, "[[],[]]", "the messages, asked for again");
    },
  },
  {
    title: "B18: two sessions in one request keep their data and their cookies apart, also in one store",
    async check(harness) {
      const first = harness.sessions({ name: "first" });
      const second = harness.sessions({ name: "second" });
      const both = (act: (session: Session<Data>, name: string) => unknown): AdapterApp[string] => {
        return ({ session }) => {
          const pair = [session(first), session(second)] as const;
          act(pair[0], "first");
          act(pair[1], "second");
          return { body: JSON.stringify(pair.map((one) => one.toObject())) };
        };
      };
      const app = { "/read": both(() => undefined), "/write": both((session, name) => session.set("of", name)) };
      const visitor = (await harness.open(app, first, second))();
      const { setCookies } = await visitor.get("/write");
      same(
        setCookies.map((line) => parseCookie(line).name.replace("__Host-", "")).sort(),
        ["first", "second"],
        "cookies",
      );
      same((await visitor.get("/read")).body, '[{"of":"first"},{"of":"second"}]', "the data");
      same([await first.count(), await second.count()], [1, 1], "records of each");
      await first.destroyAll();
      same((await visitor.get("/read")).body, '[{},{"of":"second"}]', "the data after the first is emptied");
    },
  },
  {
    title: "B18: one of two sessions cannot be stored: the other is, and the response is the error",
    async check(harness) {
      const broken = harness.sessions({ name: "broken" });
      const sound = harness.sessions({ name: "sound" }, harness.newStore());
      const app: AdapterApp = {
        "/write": ({ session }) => {
          session(broken).set("of", "broken");
          session(sound).set("of", "sound");
          harness.store.isDown = true;
          return { body: "written" };
        },
        "/sound": ({ session }) => reportSession(session(sound)),
      };
      for (const mounts of [
        [broken, sound],
        [sound, broken],
      ]) {
        const order = mounts.map(({ name }) => name).join(" before ");
        const visitor = (await harness.open(app, ...mounts))();
        const { status, setCookies } = await visitor.get("/write");
        same([status, setCookies.length], [503, 1], `${order}: status and Set-Cookie lines`);
        harness.store.isDown = false;
        same(reported(await visitor.get("/sound")).data, { of: "sound" }, `${order}: the other session`);
      }
    },
  },
  {
    title: "B20: a change after the response throws, and durable operations still work",
    async check(harness) {
      const sessions = harness.sessions();
      const held: Session<Data>[] = [];
      const app: AdapterApp = {
        ...basics(sessions),
        "/hold": ({ session }) => {
          const current = session(sessions);
          held.push(current);
          return reportSession(current);
        },
      };
      const visitor = (await harness.open(app, sessions))();
      await visitor.get("/write");
      await visitor.get("/hold");
      const [session] = held;
      same(
        codeOf(() => session?.set("views", 9)),
        "SESSION_CLOSED",
        "set after the response",
      );
      await session?.update("views", (views) => Number(views) + 1);
      same(reported(await visitor.get("/read")).data, { views: 2 }, "the data");
    },
  },
];

function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "no error";
}
