import { type Dirent, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const tests = fileURLToPath(new URL("..", import.meta.url));

/** Each framework needs a runtime of its own choice; the core below the adapters runs on all. */
const framework = "runs frameworks, which choose their runtimes";
const faults = "breaks servers, disks and processes, which does not depend on this process's runtime";
const whole = "runs the whole library on one store, whose contract runs here";
const order = "depends on Node's order of timers and sockets";
const drivers = "has a second SQLite in its process, and the two do not see each other's locks";

/** Folders and files below `test` that say nothing about a runtime, and why. All others run on every runtime. */
export const excluded: Readonly<Record<string, string>> = {
  adapters: framework,
  "bridges/busy-process.test.ts": order,
  browser: framework,
  "cli/init-frameworks.test.ts": framework,
  "cli/terminal.test.ts": "draws a picture with Node",
  "contract/adapters/apart.test.ts": framework,
  "contract/adapters/every-adapter.test.ts": framework,
  "contract/stores/crowd.test.ts": faults,
  "contract/stores/file.test.ts": whole,
  "contract/stores/mariadb.test.ts": whole,
  "contract/stores/memory.test.ts": whole,
  "contract/stores/mongodb.test.ts": whole,
  "contract/stores/postgresql.test.ts": whole,
  "contract/stores/redis-cluster.test.ts": whole,
  "contract/stores/redis.test.ts": whole,
  "contract/stores/sqlite.test.ts": whole,
  examples: framework,
  faults,
  frameworks: framework,
  linearizability: faults,
  "operations/breaker-servers.test.ts": faults,
  package: "tests this repository",
  runtimes: "starts the runtimes itself",
  soak: faults,
  "stores/file/crash.test.ts": faults,
  "stores/file/faults.test.ts": faults,
  "stores/file/processes.test.ts": faults,
  "stores/mongodb/double.test.ts": "tests the double",
  "stores/mongodb/faults.test.ts": faults,
  "stores/redis/cluster.test.ts": faults,
  "stores/redis/errors.test.ts": faults,
  "stores/redis/offline.test.ts": faults,
  "stores/sql/busy-process.test.ts": order,
  "stores/sql/setup.test.ts": faults,
  "stores/sqlite/faults.test.ts": drivers,
};

/** Returns the test files that run on every runtime, as paths below `test`. */
export const runtimeTests = (): readonly string[] => testsIn("");

function testsIn(folder: string): string[] {
  return readdirSync(`${tests}${folder}`, { withFileTypes: true }).flatMap((entry) =>
    testsOf(folder + entry.name, entry),
  );
}

function testsOf(path: string, entry: Dirent): string[] {
  if (path in excluded) return [];
  if (entry.isDirectory()) return entry.name === "node_modules" ? [] : testsIn(`${path}/`);
  return path.endsWith(".test.ts") ? [path] : [];
}
