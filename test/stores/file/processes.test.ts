import { describe, expect, test } from "vitest";
import { fileStore } from "../../../src/stores/file/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { firstRecord, keyOf, now } from "../../support/stores/file/books.ts";
import { testFolder } from "../../support/stores/file/folder.ts";
import { bundledWorker, start } from "../../support/stores/file/worker.ts";

const newPath = testFolder("file-processes");
const worker = bundledWorker("file-worker");

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `session-${n}`);

describe("several processes", () => {
  test("B11: four that change, touch and prune one session lose nothing", async () => {
    const directory = newPath();
    await Promise.all(Array.from({ length: 4 }, () => start(worker, ["add", "file", directory]).rest()));
    const record = await fileStore({ path: directory }).read(keyOf("sum"), now);
    expect([record?.body, record?.version]).toEqual(["200", 201]);
    expect(record?.lastSeenAt).toBe(now + 50);
  });

  test("B9: a deleted session does not come back, whatever other processes do", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    const sessions = names(300);
    for (const name of sessions) await store.create(firstRecord(name), now);
    const ghosts = Array.from({ length: 4 }, () => start(worker, ["haunt", "file", directory, ...sessions]));
    for (const { lines } of ghosts) expect((await lines.next()).value).toBe("ready");
    for (const name of sessions) expect(await store.delete(keyOf(name))).toBe(true);
    for (const name of sessions) expect(await store.read(keyOf(name), now)).toBeUndefined();
    for (const { child, rest } of ghosts) {
      child.kill();
      await rest();
    }
    expect(await store.count?.("session", now)).toBe(0);
    for (const name of sessions) expect(await store.create(firstRecord(name), now)).toBe(true);
  });

  test("B44: eight that prune while sessions are touched at the boundary take none that was touched, and each once", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    const over = now + 60_000;
    const sessions = names(1_000);
    for (const name of sessions) await store.create({ ...firstRecord(name), userId: "ada", expiresAt: over }, now);
    const pruners = Array.from({ length: 8 }, () => start(worker, ["prune", "file", directory, `${over}`, "25"]));
    for (const { lines } of pruners) expect((await lines.next()).value).toBe("ready");
    const touched = new Set<string>();
    for (const [n, name] of sessions.slice(0, -10).entries()) {
      if (n === 10) for (const { child } of pruners) child.stdin?.write("go\n");
      if (await store.touch(keyOf(name), stamp(1), over - 1, over + 1, over - 1)) touched.add(name);
    }
    const told = (await Promise.all(pruners.map(({ rest }) => rest()))).flat();
    for (const line of told) expect(line).toMatch(/^pruned \d+$/);
    const pruned = told.reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
    expect(pruned + touched.size).toBe(sessions.length);
    for (const name of sessions) expect((await store.read(keyOf(name), over)) !== undefined).toBe(touched.has(name));
    expect(await store.count?.("session", over)).toBe(touched.size);
  });
});
