import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openStore } from "coatcheck/stores/open";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "coatcheck-open-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = (now: number) => ({
  namespace: "session",
  id: "id-0000000000000000001",
  version: 1,
  body: "body",
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + 60_000,
});

describe("paths", () => {
  const file = join(folder, "a b#c%.db");
  const encoded = encodeURIComponent(file);

  it.each([
    ["as it is", `sqlite:${join(folder, "plain.db")}`, join(folder, "plain.db")],
    ["with escapes", `sqlite:${encoded}`, file],
    ["as a file URL has it", pathToFileURL(file).href.replace("file:", "sqlite:"), file],
    ["with a host that is this one", `sqlite://localhost${join(folder, "local.db")}`, join(folder, "local.db")],
    ["in a folder that is not there yet", `sqlite:${join(folder, "new/er/app.db")}`, join(folder, "new/er/app.db")],
  ])("can be written %s", async (_, url, path) => {
    const store = await openStore(url);
    expect(existsSync(path)).toBe(false);
    expect(await store.create(record(Date.now()), Date.now())).toBe(true);
    expect(existsSync(path)).toBe(true);
    await store.close?.();
    rmSync(path);
  });

  it("sqlite::memory: is in memory", async () => {
    const store = await openStore("sqlite::memory:");
    expect(await store.create(record(Date.now()), Date.now())).toBe(true);
    await store.close?.();
    expect(existsSync(":memory:")).toBe(false);
  });
});

describe("options", () => {
  it("are parameters of the URL: two tables in one file do not meet", async () => {
    const url = `sqlite:${join(folder, "tables.db")}`;
    const now = Date.now();
    const [one, two, again] = await Promise.all([
      openStore(`${url}?table=one`),
      openStore(`${url}?table=two&createTable=true`),
      openStore(`${url}?table=one&createTable=false`),
    ]);
    await one.create(record(now), now);
    expect([await two.read(record(now), now), (await again.read(record(now), now))?.body]).toEqual([undefined, "body"]);
    await Promise.all([one, two, again].map((store) => store.close?.()));
  });

  it("maxSessions limits the memory store", async () => {
    const store = await openStore("memory:?maxSessions=1");
    const now = Date.now();
    await store.create(record(now), now);
    await store.create({ ...record(now), id: "id-0000000000000000002" }, now);
    expect(await store.count?.("session", now)).toBe(1);
  });

  it("have names that may be escaped, and a scheme in capitals", async () => {
    expect((await openStore("MEMORY:?max%53essions=%31")).name).toBe("memory");
  });
});

describe("a sentence says what is wrong with", () => {
  it.each([
    ["", /begins with the kind of store/],
    ["./app.db", /begins with the kind of store/],
    ["//user:hunter2@host", /begins with the kind of store/],
    [undefined as never, /begins with the kind of store/],
    ["oracle://user:hunter2@host/db", /no store for "oracle:"\. There is one for memory, .*sqlite/],
    ["constructor:", /no store for "constructor:"/],
    ["memory:x", /memory/],
    ["memory:?maxSessions=many", /maxSessions must be a whole number, and is "many"/],
    ["memory:?maxSessions=-1", /maxSessions must be a whole number/],
    ["memory:?maxSessions=0", /maxSessions must be a whole number of at least 1/],
    ["memory:?maxSessions=", /maxSessions must be a whole number/],
    ["memory:?maxSessions=1&maxSessions=2", /"maxSessions" is there twice/],
    ["memory:?constructor=1", /memory: takes no parameter "constructor"/],
    ["memory:?maxsessions=1", /memory: takes no parameter "maxsessions"\. It takes: maxSessions\./],
    ["sqlite:", /path must be the name of a file/],
    ["sqlite:app.db?table=a-b", /table must be a name/],
    ["sqlite:app.db?table=", /table must be a name/],
    ["sqlite:app.db?createTable=no", /createTable must be true or false, and is "no"/],
    ["sqlite:app.db?mode=ro", /sqlite: takes no parameter "mode"/],
    ["sqlite://app.db", /Two slashes begin a host name/],
    ["sqlite:100%.db", /"%"/],
  ])("%j", async (url, sentence) => {
    const error = await openStore(url).then(
      () => expect.fail("opened"),
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(sentence) });
    expect(String(error)).not.toContain("hunter2");
  });
});
