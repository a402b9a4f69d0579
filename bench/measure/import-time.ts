import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Settings } from "../settings.ts";
import { median } from "./statistics.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

export interface ImportTime {
  readonly module: string;
  /** Milliseconds over the import of an empty module. */
  readonly overEmpty: number;
}

const empty = "data:text/javascript,";
const modules = ["coatcheck", "coatcheck/express", "express-session", "iron-session"];

/** How long a fresh process takes for an import; taken in turns, because the machine is not always equally fast. */
export async function measureImport(settings: Settings, log: (line: string) => void): Promise<ImportTime[]> {
  const times = new Map<string, number[]>([empty, ...modules].map((module) => [module, []]));
  for (let turn = 0; turn < settings.imports; turn++) {
    for (const [module, own] of times) own.push(await timeImport(module));
  }
  const base = median(times.get(empty)!);
  log(`an empty module: ${base.toFixed(2)} ms`);
  return modules.map((module) => {
    const overEmpty = median(times.get(module)!) - base;
    log(`${module}: ${overEmpty.toFixed(2)} ms more`);
    return { module, overEmpty };
  });
}

async function timeImport(module: string): Promise<number> {
  const code = `const start = performance.now(); await import(${JSON.stringify(module)}); console.log(performance.now() - start);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { cwd: root });
  return Number(stdout);
}
