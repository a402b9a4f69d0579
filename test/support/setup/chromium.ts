import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { isDebian, isRoot, obtainPackages } from "./debian.ts";
import type { Missing, Service, Started } from "./service.ts";

const DEBIAN_PATH = "/usr/bin/chromium";
const run = promisify(execFile);

export const chromium: Service<string> = {
  async start() {
    const given = process.env.CHROMIUM;
    if (given !== undefined) return describe(given, "from CHROMIUM");
    if (existsSync(DEBIAN_PATH)) return describe(DEBIAN_PATH, "found");
    if (!isRoot || !isDebian) return { missing: "set CHROMIUM to the path of a Chromium or Chrome executable" };
    try {
      await obtainPackages(["chromium", "fonts-liberation"]);
    } catch (error) {
      return { missing: error instanceof Error ? error.message : `${error}` };
    }
    return describe(DEBIAN_PATH, "installed");
  },
};

async function describe(path: string, origin: string): Promise<Started<string> | Missing> {
  try {
    const { stdout } = await run(path, ["--version"]);
    return { value: path, note: `${stdout.trim()}, ${origin} (${path})` };
  } catch (error) {
    return { missing: `${path} does not run: ${error instanceof Error ? error.message : error}` };
  }
}
