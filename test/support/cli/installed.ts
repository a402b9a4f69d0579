import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, vi } from "vitest";
import { manifest, root } from "../package/manifest.ts";
import { type Finished, output } from "../processes/run.ts";

// Each call starts a process, which a busy machine does slowly. Only what hangs runs into these.
vi.setConfig({ testTimeout: 1_200_000, hookTimeout: 1_200_000 });

/** Clients of databases, which the application has. */
const clients = ["pg", "mysql2", "redis", "mongodb", "libsql"];

export interface Call {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. @default closed at once */
  readonly input?: string;
  /** The folder that it is called in. @default that of the application */
  readonly cwd?: string;
}

export interface InstalledCli {
  /** The folder of the application. */
  readonly app: string;
  /** The installed command. */
  readonly bin: string;
  /** Calls the installed command. */
  run(args: readonly string[], call?: Call): Promise<Finished>;
  /** Calls it with `--json`, expects an exit code, and returns the answer. */
  json(args: readonly string[], call?: Call & { readonly code?: number }): Promise<unknown>;
}

const apps: string[] = [];
afterAll(() => {
  for (const app of apps) rmSync(app, { recursive: true, force: true });
});

/** Packs the package and installs the tarball into an empty application, which is removed after the tests of the file. */
export async function installCli(): Promise<InstalledCli> {
  const app = mkdtempSync(join(tmpdir(), "coatcheck-cli-"));
  apps.push(app);
  const packed = await output("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", app], root);
  const [{ filename }] = JSON.parse(packed);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  await output("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", join(app, filename)], app);
  for (const name of clients) {
    const place = join(app, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", name), place);
  }
  const bin = join(app, "node_modules/.bin", manifest.name);
  const call = (args: readonly string[], { env = {}, input = "", cwd = app }: Call = {}): Promise<Finished> =>
    new Promise((resolve, reject) => {
      const child = spawn(bin, args, { cwd, env: { PATH: process.env.PATH, ...env } });
      const text = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (part: string) => {
          text[name] += part;
        });
      }
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, ...text }));
      // A command that does not read it may have ended by then.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  return {
    app,
    bin,
    run: call,
    json: async (args, { code = 0, ...rest } = {}) => {
      const [command = "", ...others] = args;
      const finished = await call([command, "--json", ...others], rest);
      if (finished.code !== code) {
        throw new Error(
          `coatcheck ${args.join(" ")} ended with ${finished.code}:\n${finished.stdout}${finished.stderr}`,
        );
      }
      return JSON.parse(finished.stdout);
    },
  };
}
