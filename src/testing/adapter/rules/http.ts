import { same } from "../../assert.ts";
import { basics, parseCookie, reported } from "../app.ts";
import type { AdapterRule } from "../harness.ts";

/** Cookies, proxies and transports. */
export const httpRules: readonly AdapterRule[] = [
  {
    title: "B21: the cookie has the safe defaults",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      const { name, attributes } = parseCookie((await visitor.get("/write")).setCookies[0]);
      const isSecure = visitor.url.startsWith("https:");
      same(name, isSecure ? "__Host-session" : "session", "its name");
      const rest = attributes.filter((one) => !one.startsWith("expires="));
      const expected = ["path=/", "max-age=86400", "httponly", "samesite=lax", ...(isSecure ? ["secure"] : [])];
      same(rest.sort(), expected.sort(), "its attributes");
      const expires = Date.parse(attributes.find((one) => one.startsWith("expires="))?.slice("expires=".length) ?? "");
      same(Math.abs(expires - harness.now - 86_400_000) < 2000, true, "Expires says what Max-Age says");
    },
  },
  {
    title: "B22: behind a trusted proxy that ends TLS the cookie is Secure",
    async check(harness) {
      const sessions = harness.sessions({ trustProxy: true });
      const visitor = (await harness.open(basics(sessions), sessions))();
      const proxied = { host: "shop.example", "x-forwarded-proto": "https" };
      const { name, attributes } = parseCookie((await visitor.get("/write", proxied)).setCookies[0]);
      same([name, attributes.includes("secure")], ["__Host-session", true], "name and Secure");
    },
  },
  {
    title: "B22: http off loopback fails the commit, and stores nothing",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      if (visitor.url.startsWith("https:")) return;
      const headers = { host: "shop.example", "x-forwarded-proto": "https" };
      const { status, setCookies } = await visitor.get("/write", headers);
      same([status, setCookies], [500, []], "status and Set-Cookie");
      same(await sessions.count(), 0, "records");
    },
  },
  {
    title: "B26: header: the token goes both ways in a header, and in no cookie",
    async check(harness) {
      const sessions = harness.sessions({ transports: [harness.library.header("x-session")] });
      const visitor = (await harness.open(basics(sessions), sessions))();
      const written = await visitor.get("/write");
      const token = written.headers.get("x-session") ?? "";
      same([token === "", written.setCookies], [false, []], "a token and Set-Cookie");
      same(reported(await visitor.get("/read", { "x-session": token })).data, { views: 1 }, "the data");
    },
  },
  {
    title: "B26: bearer and query: the token is read, and never made into a cookie",
    async check(harness) {
      const { bearer, cookie, query } = harness.library;
      const sessions = harness.sessions({ transports: [cookie(), bearer(), query("sid")] });
      const { token } = await sessions.issue({ data: { views: 1 } });
      const visitor = (await harness.open(basics(sessions), sessions))();
      const byBearer = await visitor.get("/write", { authorization: `Bearer ${token}` });
      same([reported(byBearer).data, byBearer.setCookies], [{ views: 2 }, []], "bearer: data and Set-Cookie");
      const byQuery = await visitor.get(`/write?sid=${token}`);
      same([reported(byQuery).data, byQuery.setCookies], [{ views: 3 }, []], "query: data and Set-Cookie");
    },
  },
  {
    title: "B26: a transport that is not configured is ignored",
    async check(harness) {
      const sessions = harness.sessions();
      const { token } = await sessions.issue({ data: { views: 1 } });
      const visitor = (await harness.open(basics(sessions), sessions))();
      const headers = { authorization: `Bearer ${token}`, "x-session": token };
      same(reported(await visitor.get(`/read?sid=${token}`, headers)).data, {}, "the data");
    },
  },
  {
    title: "B27: among cookies of one name the one that verifies is used; names that only look alike are not",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (await harness.open(basics(sessions), sessions))();
      await visitor.get("/write");
      const good = visitor.cookie;
      const [name = "", token = ""] = good.split("=");
      for (const cookie of [`${name}=junk; ${good}`, `${good}; ${name}=junk`]) {
        same(
          reported(await visitor.get("/read", { cookie })).data,
          { views: 1 },
          `the data with ${cookie.slice(0, 12)}…`,
        );
      }
      const alike = [name.toUpperCase(), name.replace("s", "%73"), `x${name}`];
      for (const other of alike) {
        same(reported(await visitor.get("/read", { cookie: `${other}=${token}` })).data, {}, `the data with ${other}`);
      }
    },
  },
];
