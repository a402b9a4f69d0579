import { join } from "node:path";
import { link } from "../package/application.ts";
import { root } from "../package/manifest.ts";
import { run } from "../processes/run.ts";
import { change, write } from "./folder.ts";
import type { Command, Step } from "./steps.ts";

/** Types what a step says. The packages that it installs are those of this repository; coatcheck is there already. */
export function type({ actions }: Step, folder: string): void {
  for (const action of actions) {
    if (action.kind === "file") write(folder, action.path, action.text);
    else if (action.kind === "diff") change(folder, action.path, action.lines);
    else for (const name of installedBy(action)) if (name !== "coatcheck") link(folder, name);
  }
}

/** The packages that a command installs. */
export function installedBy({ line }: Command): string[] {
  const [, words] = /^npm install (.+)$/.exec(line) ?? [];
  return words?.split(" ").filter((word) => !word.startsWith("--")) ?? [];
}

/** What the compiler says of the reader's files. */
export async function compile(folder: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], folder);
  return stdout;
}

/** The environment in which a command starts the application, if it does. */
export function startedBy({ line }: Command): Record<string, string> | undefined {
  const [all, name, value] = /^(?:(\w+)=(\w+) )?npm start$/.exec(line) ?? [];
  if (all === undefined) return undefined;
  return name === undefined ? {} : { [name]: value as string };
}

/** What a command prints, on a site that stands for the page's own. */
export async function printedBy({ line }: Command, folder: string, site: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", line.replaceAll("http://localhost:3000", site)], folder);
  return stdout;
}
