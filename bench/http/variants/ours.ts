import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSessions, generateKey, type SessionManager } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { sqliteStore } from "coatcheck/stores/sqlite";
import type { BenchData } from "../../data.ts";
import { type Access, byMethod } from "./access.ts";
import type { Kept } from "./variant.ts";

/** A manager with everything at its default, except that the store is named. */
export function makeSessions(kept: Kept): SessionManager<BenchData> {
  if (kept === "sealed") return createSessions<BenchData>({ store: cookieStore({ keys: [generateKey()] }) });
  return createSessions<BenchData>({ store: kept === "sqlite" ? sqliteStore({ path: newFile() }) : memoryStore() });
}

/** A file that goes with the process. */
function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  process.on("SIGTERM", () => process.exit());
  return join(folder, "sessions.db");
}

export const accessTo = (sessions: SessionManager<BenchData>): Access<object> =>
  byMethod((carrier) => sessions.get(carrier));
