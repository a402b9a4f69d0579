import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSessions, generateKey, type SessionManager, type Sessions } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { sqliteStore } from "coatcheck/stores/sqlite";
import type { BenchData } from "../../data.ts";

/** Everything at its default, except that the store is named. */
export const memorySessions = (): Sessions<BenchData> => createSessions<BenchData>({ store: memoryStore() });

export const sealedSessions = (): SessionManager<BenchData> =>
  createSessions<BenchData>({ store: cookieStore({ keys: [generateKey()] }) });

/** A file that goes with the process. */
export function sqliteSessions(): Sessions<BenchData> {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  process.on("SIGTERM", () => process.exit());
  return createSessions<BenchData>({ store: sqliteStore({ path: join(folder, "sessions.db") }) });
}
