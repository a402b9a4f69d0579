import { nativeStore } from "coatcheck/native-store";
import { afterAll, expect, test } from "vitest";
import { type App, type Bag, Client, type Handler, start } from "../../support/express-session/apps.ts";
import { describeStore, openAgain, patient, type StoreName, storeUnderTest } from "../../support/stores/stores.ts";

const open: App[] = [];
afterAll(() => Promise.all(open.map((app) => app.close())));

const writers = 8;
const writes: Partial<Record<StoreName, number>> = { memory: 100, SQLite: 25, PostgreSQL: 100, Redis: 25 };

/** `/?key` puts a key into the bag; `/count` counts them. */
const handler: Handler = (req, res) => {
  const bag = req.session as Bag & Record<string, unknown>;
  if (req.path === "/count") return res.end(String(Object.keys(bag).length - 1));
  for (const key of Object.keys(req.query)) bag[key] = 1;
  return res.end();
};

for (const [name, each] of Object.entries(writes) as [StoreName, number][]) {
  const subject = await storeUnderTest(name);
  describeStore(name, subject, () => {
    test(`B126: of 8 writers' ${each} keys each, in one session at once, none is lost`, {
      timeout: 900_000,
    }, async () => {
      const url = subject.url();
      // Two, as two processes would have them. In memory there can only be one.
      const places = name === "memory" ? [await openAgain(url)] : [await openAgain(url), await openAgain(url)];
      for (const place of places) await place.setup?.();
      const apps = await Promise.all(
        places.map((place) =>
          start("ours", { store: nativeStore(place, patient), resave: false, saveUninitialized: false }, handler),
        ),
      );
      open.push(...apps);
      const client = new Client();
      await client.get(apps[0]!, "/?begin");
      const write = async (writer: number): Promise<void> => {
        for (let n = 0; n < each; n++) await client.get(apps[writer % apps.length]!, `/?w${writer}n${n}`);
      };
      await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
      expect(apps.flatMap((app) => app.errors)).toEqual([]);
      expect((await client.get(apps[0]!, "/count")).body).toBe(String(writers * each + 1));
    });
  });
}
