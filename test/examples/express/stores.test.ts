import { generateKey } from "coatcheck";
import { describe, expect, it } from "vitest";
import { type Example, fromSource } from "../../support/examples/server.ts";
import { Visitor } from "../../support/examples/shop-visitor.ts";
import { findRedis, startRedis } from "../../support/servers/redis.ts";
import { describeStore, type StoreName, storeUnderTest } from "../../support/stores/stores.ts";

/** What the example calls them. */
const names: Readonly<Record<StoreName, string>> = {
  memory: "memory",
  file: "files",
  SQLite: "SQLite",
  PostgreSQL: "PostgreSQL",
  MariaDB: "MySQL",
  Redis: "Redis",
  "Redis Cluster": "Redis",
  MongoDB: "MongoDB",
};

const clean = { code: 0, signal: null };

for (const [name, shown] of Object.entries(names)) {
  const subject = await storeUnderTest(name as StoreName);
  describeStore(`the example with SESSION_STORE, ${name}`, subject, () => {
    const settings = () => ({ SESSION_STORE: subject.url(), SESSION_KEYS: generateKey() });

    /** Uses everything, and leaves somebody signed in. */
    async function use(example: Example): Promise<Visitor> {
      expect(example.output.stdout).toBe(`The coatcheck is open, with sessions in ${shown}: ${example.url}\n`);
      const ada = new Visitor(example.url);
      expect(await ada.text("/get")).toBe("Not authenticated");
      expect(await ada.text("/set")).toBe("Succeed");
      expect(await ada.text("/get")).toBe("Authenticated as 123");
      expect(await ada.text("/flash/set")).toBe("Succeed");
      expect(await ada.text("/flash/get")).toBe("This is a flash message");
      expect(await ada.text("/flash/get")).toBe("No flash message");
      await ada.act("/sign-in", { user: "ada" });
      const page = await ada.act("/cart/add", { item: "hat" });
      expect(page).toMatchObject({ heading: "Good to see you, Ada.", cart: { "Felt hat": 1 } });
      expect(page.html).toContain(`The session is kept in ${shown},`);
      return ada;
    }

    if (name === "memory") {
      it("the example keeps sessions as long as it runs, and says so", async () => {
        const example = await fromSource(settings());
        const ada = await use(example);
        expect((await ada.look()).html).toContain("ends with it");
        expect(await example.end("SIGTERM")).toEqual(clean);
      });
      return;
    }

    it("the example shares sessions with a second server, and keeps them when all servers end", async () => {
      const shared = settings();
      const [first, second] = await Promise.all([fromSource(shared), fromSource(shared)]);
      const [ada, elsewhere] = [await use(first), new Visitor(second.url)];
      await elsewhere.act("/sign-in", { user: "ada" });

      ada.url = second.url;
      const { heading, cart, browsers } = await ada.look();
      expect({ heading, cart }).toEqual({ heading: "Good to see you, Ada.", cart: { "Felt hat": 1 } });
      expect(browsers).toHaveLength(2);
      const clicks = [first, second, first, second].map(({ url }) => {
        const tab = Object.assign(new Visitor(url), { jar: ada.jar });
        return tab.post("/cart/add", { item: "scarf" });
      });
      expect((await Promise.all(clicks)).map(({ status }) => status)).toEqual([303, 303, 303, 303]);
      ada.url = first.url;
      await ada.act("/browsers/sign-out-others");
      expect((await elsewhere.look()).heading).toBe("Hand over your coat.");
      expect(await Promise.all([first.end("SIGTERM"), second.end("SIGTERM")])).toEqual([clean, clean]);

      const third = await fromSource(shared);
      ada.url = third.url;
      const kept = await ada.look();
      expect(kept).toMatchObject({ heading: "Good to see you, Ada.", cart: { "Felt hat": 1, "Wool scarf": 4 } });
      expect(await ada.text("/get")).toBe("Authenticated as 123");
      await ada.act("/sign-out");
      expect((await ada.look()).heading).toBe("Hand over your coat.");
      expect(await third.end("SIGTERM")).toEqual(clean);
      expect([first, second, third].map(({ output }) => output.stderr)).toEqual(["", "", ""]);
    });
  });
}

describe("B40: the example with a server that is down at start", () => {
  it.skipIf(findRedis() === undefined)(
    "B40: the example says so in one line, answers 503, and is back with the server",
    async () => {
      await using redis = await startRedis();
      await redis.stop();
      const example = await fromSource({ SESSION_STORE: redis.url, SESSION_KEYS: generateKey() });
      expect(example.output.stderr).toMatch(/^Redis is not ready\. .*ECONNREFUSED.*\n$/);
      const ada = new Visitor(example.url);
      expect((await ada.ask("/")).status).toBe(503);
      await redis.restart();
      await expect.poll(async () => (await ada.ask("/")).status).toBe(200);
      expect(await ada.look()).toMatchObject({ views: 2 });
      expect(await example.end("SIGTERM")).toEqual(clean);
    },
  );
});
