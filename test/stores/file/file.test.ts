import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { fileStore } from "../../../src/stores/file/index.ts";
import { storeConformance } from "../../../src/testing/store/conformance.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { SessionStore, StoredRecord } from "../../../src/types/store.ts";
import { testFolder } from "../../support/stores/file/folder.ts";

const newPath = testFolder("file");
const now = 1_800_000_000_000;
const hour = 3_600_000;
const key = { namespace: "session", id: "AAAAAAAAAAAAAAAAAAAAAA" };
const record = (fields: Partial<StoredRecord> = {}): StoredRecord => ({
  ...key,
  ...stamp(1),
  body: "body",
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + hour,
  ...fields,
});
const next = (base: StoredRecord, fields: Partial<StoredRecord> = {}): StoredRecord => ({
  ...base,
  ...stamp(base.version + 1),
  body: `${base.body}.`,
  ...fields,
});

async function failure(work: unknown): Promise<SessionError> {
  const error = await Promise.resolve(work).then(
    (value) => expect.fail(`it gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SessionError);
  return error as SessionError;
}

/** All there is below a directory, by its path from there. */
const below = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).map(({ parentPath, name }) =>
    join(relative(directory, parentPath), name),
  );
const filesBelow = (directory: string): string[] =>
  below(directory)
    .filter((path) => statSync(join(directory, path)).isFile())
    .toSorted();

/** The one file whose name begins so. */
function only(directory: string, beginning: string): string {
  const found = filesBelow(directory).filter((path) => path.split("/").at(-1)?.startsWith(beginning));
  expect(found).toHaveLength(1);
  return join(directory, found[0] as string);
}

describe("the contract", () => {
  for (const { title, run } of storeConformance(() => fileStore({ path: newPath() }))) test(title, run);
});

describe("the directory", () => {
  test("B2: sessions outlive the store that wrote them", async () => {
    const directory = newPath();
    const first = fileStore({ path: directory });
    await first.create(record({ userId: "ada" }), now);
    await first.close?.();
    expect(await fileStore({ path: directory }).read(key, now)).toEqual(record({ userId: "ada" }));
    expect((await failure(first.read(key, now))).message).toContain("closed");
  });

  test("the directory is created on first use, for this user only, whatever the umask, and no name tells of a session", async () => {
    const directory = join(newPath(), "new", "directory");
    const store = fileStore({ path: directory });
    const mask = process.umask(0);
    await Promise.resolve(store.create(record({ namespace: "shop", userId: "ada" }), now)).finally(() =>
      process.umask(mask),
    );
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const paths = below(directory);
    for (const path of paths) {
      const found = statSync(join(directory, path));
      expect(found.mode & 0o777).toBe(found.isDirectory() ? 0o700 : 0o600);
    }
    expect(paths.join(" ")).not.toMatch(/AAAA|shop|ada/);
  });

  test("the format is what it was when it was first released", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record({ userId: "ada" }), now);
    await store.replace(next(record({ userId: "ada" }), { body: "1:öffentlich\n2" }), stamp(1), now);
    const sha256 = (...parts: string[]) => createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    const space = sha256("session").slice(0, 32);
    const hash = sha256("session", key.id);
    const user = sha256("ada").slice(0, 32);
    const place = `${space}/sessions/${hash.slice(0, 2)}/${hash}`;
    const until = now + 2 * hour;
    const drawn = /(?<=\.)[0-9a-f]{16}(?=\.|$)/g;
    expect(filesBelow(directory).map((path) => path.replaceAll(drawn, "drawn"))).toEqual([
      `${space}/deadlines/${(now + hour) / hour}/${now + hour}.drawn.${hash}`,
      `${place}/body.drawn`,
      `${place}/head.2.2.${stamp(2).commitId}.${now}.${now}.${now + hour}.${user}.${until}.drawn.drawn`,
      `${space}/users/${user.slice(0, 2)}/${user}/${now}.${until}.drawn.${hash}`,
    ]);
    expect(readFileSync(only(directory, "body."), "utf8")).toBe(
      '{"coatcheck":"file","format":1,"namespace":"session","id":"AAAAAAAAAAAAAAAAAAAAAA","version":2,' +
        `"commitId":"${stamp(2).commitId}","userId":"ada",` +
        `"createdAt":${now},"lastSeenAt":${now},"expiresAt":${now + hour}}\n1:öffentlich\n2`,
    );
  });

  test("its name is that of the moment when the store was created", () => {
    const here = process.cwd();
    const store = fileStore({ path: relative(here, newPath()) });
    process.chdir("/");
    return Promise.resolve(store.create(record(), now)).finally(() => process.chdir(here));
  });

  test.each([0o770, 0o707, 0o777])(
    "one in which others may write (%o) is refused, and says what to do",
    async (mode) => {
      const directory = newPath();
      mkdirSync(directory);
      chmodSync(directory, mode);
      const store = fileStore({ path: directory });
      const error = await failure(store.setup?.());
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).toContain(`chmod 700 "${directory}"`);
      expect((await failure(store.create(record(), now))).code).toBe("INVALID_OPTION");
      chmodSync(directory, 0o755);
      expect(await store.create(record(), now)).toBe(true);
    },
  );

  test.each(["a file", "a directory below a file", "a directory that cannot be made"])(
    "%s is refused",
    async (what) => {
      const path = newPath();
      writeFileSync(path, "");
      const names: Record<string, string> = { "a file": path, "a directory below a file": join(path, "sessions") };
      const directory = names[what] ?? "/proc/nowhere/sessions";
      const error = await failure(fileStore({ path: directory }).setup?.());
      expect(error.message).toContain(directory);
      expect(readFileSync(path, "utf8")).toBe("");
    },
  );

  test.each([undefined, "", 7, "a\0b"])("the name %j is refused", (directory) => {
    expect(() => fileStore({ path: directory as string })).toThrow(/path must be the path of a directory/);
  });

  test("a directory that was removed is created again", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record(), now);
    rmSync(directory, { recursive: true });
    expect(await store.read(key, now)).toBeUndefined();
    expect(await store.prune?.(now, 10)).toBe(0);
    expect(await store.create(record(), now)).toBe(true);
    expect(await store.read(key, now)).toEqual(record());
    rmSync(join(directory, "moving"), { recursive: true });
    expect(await store.delete(key)).toBe(true);
    expect(await store.read(key, now)).toBeUndefined();
  });
});

describe("B37: a record that is damaged", () => {
  const damages: Readonly<Record<string, (body: string) => void>> = {
    "cut off in its first line": (body) => writeFileSync(body, readFileSync(body).subarray(0, 20)),
    "without its first line": (body) => writeFileSync(body, "body"),
    empty: (body) => writeFileSync(body, ""),
    "of another format": (body) => writeFileSync(body, readFileSync(body, "utf8").replace('"format":1', '"format":2')),
    "of another version": (body) =>
      writeFileSync(body, readFileSync(body, "utf8").replace('"version":1', '"version":2')),
    "of another commit": (body) =>
      writeFileSync(body, readFileSync(body, "utf8").replace(stamp(1).commitId, "another")),
    "somebody else's": (body) => writeFileSync(body, readFileSync(body, "utf8").replace("AAAA", "BBBB")),
    "with an id that is no text": (body) => writeFileSync(body, readFileSync(body, "utf8").replace(`"${key.id}"`, "7")),
    "with bytes that are no text": (body) => writeFileSync(body, Buffer.alloc(100, 0xff)),
    gone: (body) => rmSync(body),
  };

  test.each(Object.entries(damages))("%s is no session, is left as it is, and hides no other", async (what, damage) => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record({ userId: "ada" }), now);
    const body = only(directory, "body.");
    const other = record({ userId: "ada", id: "other-other-other-other" });
    await store.create(other, now);
    damage(body);
    const damaged = what === "gone" ? undefined : readFileSync(body);
    expect(await store.read(key, now)).toBeUndefined();
    expect((await store.list?.("session", { userId: "ada", limit: 5 }, now))?.records).toEqual([other]);
    expect((await store.list?.("session", { limit: 5 }, now))?.records).toEqual([other]);
    expect(await store.create(record(), now)).toBe(false);
    if (damaged) expect(readFileSync(body)).toEqual(damaged);
    expect(await store.prune?.(now + hour, 5)).toBe(2);
    expect(filesBelow(directory)).toEqual([]);
  });

  test("its body is the core's to check", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record(), now);
    const body = only(directory, "body.");
    writeFileSync(body, readFileSync(body).subarray(0, -2));
    expect((await store.read(key, now))?.body).toBe("bo");
  });

  test("a directory without a head is no session, and makes way", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record(), now);
    rmSync(only(directory, "head."));
    expect(await store.read(key, now)).toBeUndefined();
    expect(await store.replace(next(record()), stamp(1), now)).toBe(false);
    expect(await store.delete(key)).toBe(false);
    expect(await store.create(record(), now)).toBe(true);
  });
});

describe("B52: foreign files", () => {
  test("B52: foreign files survive prune, clear and delete, wherever they are", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record({ userId: "ada" }), now);
    await store.create(record({ userId: "ada", id: "another-another-another" }), now);
    const folders = ["", ...below(directory).filter((path) => statSync(join(directory, path)).isDirectory())];
    for (const folder of folders) {
      writeFileSync(join(directory, folder, "notes.txt"), "mine");
      mkdirSync(join(directory, folder, "sub"));
      writeFileSync(join(directory, folder, "sub", "head.txt"), "mine");
    }
    const mine = () => filesBelow(directory).filter((path) => path.endsWith(".txt")).length;
    expect(mine()).toBe(2 * folders.length);
    expect(await store.read(key, now)).toEqual(record({ userId: "ada" }));
    expect(await store.delete(key)).toBe(true);
    expect(await store.prune?.(now + hour, 10)).toBe(1);
    await store.create(record({ id: "a-third-a-third-a-third" }), now);
    await store.clear?.("session");
    expect(await store.count?.("session", now)).toBe(0);
    expect(mine()).toBe(2 * folders.length);
    expect(filesBelow(directory).filter((path) => /(head|body|over)\.\d/.test(path))).toEqual([]);
  });
});

describe("the list of a user", () => {
  const listOf = async (store: SessionStore, userId: string, at = now) =>
    (await store.list?.("session", { userId, limit: 5 }, at))?.records.map(({ id }) => id);
  const usersFiles = (directory: string) => filesBelow(directory).filter((path) => path.includes("/users/"));

  test("the list of a user gets back an entry that was lost", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record({ userId: "ada" }), now);
    for (const path of usersFiles(directory)) rmSync(join(directory, path));
    expect(await listOf(store, "ada")).toEqual([]);
    for (let part = 0; part < 256; part++) await store.prune?.(now, 10);
    expect(await listOf(store, "ada")).toEqual([key.id]);
  });

  test("the list of a user drops entries of sessions that are gone, but not while they may be needed", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record({ userId: "ada" }), now);
    const [entry = ""] = usersFiles(directory);
    await store.delete(key);
    expect(usersFiles(directory)).toEqual([]);
    for (const clean of [() => listOf(store, "ada", now + 2 * hour), () => pruneAll(store, now + 2 * hour)]) {
      mkdirSync(join(directory, dirname(entry)), { recursive: true });
      writeFileSync(join(directory, entry), "");
      expect(await listOf(store, "ada", now + 2 * hour - 1)).toEqual([]);
      expect(usersFiles(directory)).toEqual([entry]);
      await clean();
      expect(usersFiles(directory)).toEqual([]);
    }
  });

  test("the list of a user has a session as long as it is used, with one entry", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(record({ userId: "ada" }), now);
    for (let at = now; at < now + 10 * hour; at += hour / 4) {
      expect(await store.touch(key, stamp(1), at, at + hour, at)).toBe(true);
      expect(await listOf(store, "ada", at)).toEqual([key.id]);
      expect(usersFiles(directory)).toHaveLength(1);
    }
  });

  const pruneAll = async (store: SessionStore, at: number) => {
    for (let part = 0; part < 256; part++) await store.prune?.(at, 10);
  };
});
