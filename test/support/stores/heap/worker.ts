import { randomBytes } from "node:crypto";
import { newCommitId } from "../../../../src/core/commit/commit-ids.ts";
import { memoryStore } from "../../../../src/stores/memory/index.ts";
import type { Awaitable } from "../../../../src/types/awaitable.ts";

const [shape, count] = process.argv.slice(2);
const sessions = Number(count);
// What the engine compiles for the first thousand is its own, and would be counted as theirs.
const warm = 1_000;
const store = memoryStore({ maxSessions: warm + sessions });
const now = Date.now();
const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 3_600_000 };

/** Built from pieces, as the core builds it: V8 keeps such a text as a tree until somebody needs it. */
const built = (n: number): string => {
  const control = JSON.stringify({ hash: randomBytes(32).toString("base64url") });
  return `1:0000000:${control}\n[".data",505]\n"${String(n).padStart(8, "0")}${"z".repeat(501)}"`;
};

/** The first commit of a session is named beside its body. */
const stamp = () => ({ version: 1, commitId: newCommitId() });

/** Cut from something bigger, as from a header or a file: V8 keeps all of it alive. */
const cut = (text: string): string => `${text}${"#".repeat(20_000)}`.split("").join("").slice(0, text.length);

const make: Record<string, (n: number) => Awaitable<boolean>> = {
  built: (n) => store.create({ namespace: "session", id: newId(), ...stamp(), body: built(n), ...times }, now),
  cut: (n) => {
    const fields = { id: cut(newId()), body: cut(built(n)), userId: cut(`user-number-${n}`) };
    return store.create({ namespace: "session", ...stamp(), ...fields, ...times }, now);
  },
};

function newId(): string {
  return randomBytes(16).toString("base64url");
}

function used(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

for (let n = 0; n < warm; n++) await make[shape ?? ""]?.(n);
const before = used();
for (let n = 0; n < sessions; n++) await make[shape ?? ""]?.(warm + n);
const after = used();
if ((await store.count?.("session", now)) !== warm + sessions) throw new Error("not all sessions were kept");
process.stdout.write(JSON.stringify({ body: built(1).length, bytes: (after - before) / sessions }));
