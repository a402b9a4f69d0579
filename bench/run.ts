// npm run bench                         the full run; writes bench/RESULTS.md
// npm run bench -- --quick              a short one, printed only
// npm run bench -- --promises            promises and CPU of a request, printed only
// npm run bench -- --profile "coatcheck memory" "500 B" write
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Size } from "./data.ts";
import type { Route } from "./http/load/visitor.ts";
import { variants } from "./http/variants/list.ts";
import { measureHeap } from "./measure/heap.ts";
import { measureHttp } from "./measure/http.ts";
import { measureImport } from "./measure/import-time.ts";
import { countPromises, promiseTable } from "./measure/promises.ts";
import { measureSeal } from "./measure/seal.ts";
import { measureSize } from "./measure/size.ts";
import { surroundings } from "./measure/versions.ts";
import { profileMissed } from "./profile/missed.ts";
import { recordProfile } from "./profile/record.ts";
import { report } from "./report/report.ts";
import type { Results } from "./report/results.ts";
import { judge } from "./report/targets.ts";
import { fullRun, quickRun, type Settings } from "./settings.ts";

const log = (line: string): void => console.error(line);

function installPeers(): void {
  const folder = fileURLToPath(new URL("./http/peers", import.meta.url));
  if (existsSync(`${folder}/node_modules`)) return;
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, stdio: "inherit" });
  if (status !== 0)
    throw new Error("The packages in bench/http/peers could not be installed; the benchmark compares with them.");
}

async function measureAll(settings: Settings): Promise<Results> {
  return {
    settings,
    surroundings: surroundings(),
    sizes: await measureSize(log),
    imports: await measureImport(settings, log),
    heap: await measureHeap(settings, log),
    seal: await measureSeal(settings, log),
    http: await measureHttp(settings, log),
  };
}

async function printProfile(settings: Settings, [name, size, route]: readonly string[]): Promise<void> {
  const variant = variants.find((one) => one.name === name);
  if (!variant) throw new Error(`There is ${variants.map((one) => JSON.stringify(one.name)).join(", ")}.`);
  const costs = await recordProfile(settings, variant, size as Size, route as Route);
  for (const by of ["self", "total"] as const) {
    console.log(`\nmicroseconds per request: ${by}`);
    for (const cost of [...costs].sort((a, b) => b[by] - a[by]).slice(0, 40)) {
      console.log(`${cost[by].toFixed(2).padStart(9)}  ${cost.name}`);
    }
  }
}

const args = process.argv.slice(2);
const settings = args.includes("--quick") ? quickRun : fullRun;
const profileAt = args.indexOf("--profile");
if (args.includes("--promises")) {
  console.log(promiseTable(await countPromises(2_000)));
  process.exit();
}
installPeers();
if (profileAt !== -1) {
  await printProfile(settings, args.slice(profileAt + 1));
} else {
  const results = await measureAll(settings);
  const verdicts = judge(results);
  const text = report(results, verdicts, await profileMissed(settings, verdicts, log));
  if (settings === fullRun) writeFileSync(new URL("./RESULTS.md", import.meta.url), text);
  console.log(text);
}
