// npm run bench                        everything; writes bench/RESULTS.md
// npm run bench -- --quick             a short one, printed only
// npm run bench -- --only koa          one framework, or one of core, seal, heap, import, size; printed only
// npm run bench -- --rounds 2          fewer rounds, printed only
// npm run bench -- --promises          promises and CPU of a request, printed only
// npm run bench -- --profile Koa "coatcheck, memory" "500 B" write
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import peers from "./http/peers/package.json" with { type: "json" };
import { frameworks } from "./http/variants/list.ts";
import { measureCore } from "./measure/core.ts";
import { measureHeap } from "./measure/heap.ts";
import { measureHttp } from "./measure/http.ts";
import { measureImport } from "./measure/import-time.ts";
import { countPromises, promiseTable } from "./measure/promises.ts";
import { measureSeal } from "./measure/seal.ts";
import { measureSize } from "./measure/size.ts";
import { surroundings } from "./measure/versions.ts";
import { profileMissed } from "./profile/missed.ts";
import { printProfile } from "./profile/print.ts";
import { report } from "./report/report.ts";
import type { Results } from "./report/results.ts";
import { judge } from "./report/targets.ts";
import { fullRun, quickRun, type Settings } from "./settings.ts";

const log = (line: string): void => console.error(line);

function installPeers(): void {
  const folder = fileURLToPath(new URL("./http/peers", import.meta.url));
  if (Object.keys(peers.dependencies).every((name) => existsSync(`${folder}/node_modules/${name}`))) return;
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, stdio: "inherit" });
  if (status !== 0)
    throw new Error("The packages in bench/http/peers could not be installed; the benchmark compares with them.");
}

const parts = ["core", "seal", "heap", "import", "size"] as const;
type Part = (typeof parts)[number] | (typeof frameworks)[number];

function partNamed(name: string): Part {
  const known = [...parts, ...frameworks];
  const part = known.find((one) => one.toLowerCase() === name.toLowerCase());
  if (!part) throw new Error(`--only takes one of ${known.join(", ")}, not ${name}.`);
  return part;
}

async function measure(settings: Settings, only: Part | undefined): Promise<Results> {
  const wanted = (part: Part): boolean => only === undefined || only === part;
  return {
    settings,
    surroundings: surroundings(),
    sizes: wanted("size") ? await measureSize(log) : [],
    imports: wanted("import") ? await measureImport(settings, log) : [],
    heap: wanted("heap") ? await measureHeap(settings, log) : [],
    seal: wanted("seal") ? await measureSeal(settings, log) : [],
    core: wanted("core") ? await measureCore(settings, log) : [],
    http: await measureHttp(frameworks.filter(wanted), settings, log),
  };
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean" },
    only: { type: "string" },
    rounds: { type: "string" },
    promises: { type: "boolean" },
    profile: { type: "boolean" },
  },
});
const chosen = flags.quick ? quickRun : fullRun;
const settings: Settings = flags.rounds === undefined ? chosen : { ...chosen, rounds: Number(flags.rounds) };

if (flags.promises) {
  console.log(promiseTable(await countPromises(2_000)));
  process.exit();
}
installPeers();
if (flags.profile) {
  await printProfile(settings, positionals);
} else {
  const results = await measure(settings, flags.only === undefined ? undefined : partNamed(flags.only));
  const verdicts = judge(results);
  const text = report(results, verdicts, await profileMissed(settings, verdicts, log));
  if (settings === fullRun && flags.only === undefined) writeFileSync(new URL("./RESULTS.md", import.meta.url), text);
  console.log(text);
}
