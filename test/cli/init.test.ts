import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, test } from "vitest";
import { frameworks } from "../../src/cli/init/frameworks.ts";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";

/** Gives a command a terminal of its own. */
const script = "/usr/bin/script";

let cli: InstalledCli;
let count = 0;
beforeAll(async () => {
  cli = await installCli();
});

/** A new folder with these files. */
function folderWith(files: Readonly<Record<string, object | string>>): string {
  const folder = join(cli.app, `application-${++count}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

const using = (...packages: string[]) => ({
  "package.json": { type: "module", dependencies: Object.fromEntries(packages.map((name) => [name, "1.2.3"])) },
});

const init = (cwd: string, ...args: string[]) => cli.run(["init", ...args], { cwd });

/** Calls the command at a terminal, where somebody types lines. */
async function atTerminal(cwd: string, typed: string): Promise<{ code: number | null; shown: string }> {
  const child = spawn(script, ["-qec", `${cli.bin} init`, "/dev/null"], { cwd });
  child.stdin.end(typed);
  const [shown, code] = await Promise.all([
    text(child.stdout),
    new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    }),
  ]);
  return { code, shown: shown.replaceAll("\r", "") };
}

describe("B191: init", () => {
  test("finds the framework, the store and the language in package.json and beside it", async () => {
    for (const { name, packages, kind } of frameworks) {
      const [shown] = packages;
      if (shown === undefined) continue;
      // Frameworks with a server of their own have those of others too.
      const dependencies = {
        ...(kind === "whole" && { express: "^5.0.0" }),
        [shown]: name === "h3" ? "^2.0.0" : "^1.2.0",
      };
      const folder = folderWith({
        "package.json": { dependencies: { ...dependencies, pg: "^8.0.0" } },
        "tsconfig.json": "{}",
      });
      const started = await cli.json(["init", "--dry-run"], { cwd: folder });
      expect(started).toMatchObject({ framework: name, store: "postgres", language: "typescript", written: false });
    }
  });

  test("takes what the options say, and names the commands of the package manager", async () => {
    const folder = folderWith({ ...using("express"), "pnpm-lock.yaml": "", "src/app.ts": "" });
    const { code, stdout, stderr } = await init(folder, "--store", "redis", "--typescript");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Wrote src/sessions.ts, for Express.");
    expect(stdout).toContain("  pnpm add coatcheck redis\n  pnpm add -D @types/node\n");
    expect(stdout).toContain(
      '  import { sessionMiddleware } from "./sessions.js";\n  app.use(sessionMiddleware); // before the routes that use it\n',
    );
    const source = readFileSync(join(folder, "src/sessions.ts"), "utf8");
    expect(source).toContain('store: redisStore({ url: process.env.SESSION_STORE ?? "redis://localhost:6379" }),');
  });

  test("keeps the key of sealed cookies out of the file, and says how to make one", async () => {
    const folder = folderWith(using("koa"));
    const { stdout } = await init(folder, "--store", "cookie");
    expect(stdout).toContain("Put a key into the environment as SESSION_KEYS. npx coatcheck key makes one.");
    expect(readFileSync(join(folder, "sessions.js"), "utf8")).toContain("const keys = process.env.SESSION_KEYS;");
  });

  test("names the file as the compiler is set up to name it", async () => {
    const names = async (files: Record<string, object | string>) => {
      const folder = folderWith({ "tsconfig.json": "{}", ...files });
      const started = await cli.json(["init", "--dry-run"], { cwd: folder });
      return (started as { steps: { code: string[] }[] }).steps[0]?.code[0];
    };
    expect(await names(using("express"))).toBe('import { sessionMiddleware } from "./sessions.js";');
    expect(await names({ "package.json": { dependencies: { express: "5" } } })).toBe(
      'import { sessionMiddleware } from "./sessions";',
    );
    const sources = { "tsconfig.json": '{ "compilerOptions": { "allowImportingTsExtensions": true } }' };
    expect(await names({ ...using("express"), ...sources })).toBe('import { sessionMiddleware } from "./sessions.ts";');
  });

  test("replaces no file unless it is told to, and leaves one that is right as it is", async () => {
    const folder = folderWith({ ...using("express"), "sessions.js": "export const mine = 1;\n" });
    const refused = await init(folder, "--yes");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("sessions.js is there already. Nothing was written.");
    expect(readFileSync(join(folder, "sessions.js"), "utf8")).toBe("export const mine = 1;\n");
    expect((await init(folder, "--yes", "--dry-run")).stdout).toContain("sessions.js would be:");
    expect(readFileSync(join(folder, "sessions.js"), "utf8")).toBe("export const mine = 1;\n");
    expect(await cli.json(["init", "--overwrite"], { cwd: folder })).toMatchObject({ written: true });
    expect((await init(folder)).stdout).toContain("There is already sessions.js, for Express.");
  });

  test.each([
    ["a folder without an application", {}, [], "There is no package.json in this folder."],
    ["a package.json that is none", { "package.json": "{" }, [], "package.json cannot be read"],
    ["a package.json that says null", { "package.json": "null" }, ["--yes"], "package.json holds no object"],
    ["a package.json that is a list", { "package.json": "[]" }, ["--yes"], "package.json holds no object"],
    ["dependencies that are null", { "package.json": { dependencies: null } }, ["--yes"], 'its "dependencies"'],
    ["dependencies that are a list", { "package.json": { devDependencies: ["koa"] } }, [], 'its "devDependencies"'],
    [
      "a folder in the place of the file",
      { ...using("koa"), "lib/a.js/b": "" },
      ["--file", "lib/a.js"],
      "lib/a.js is a folder",
    ],
    [
      "a file in the place of a folder",
      { ...using("koa"), lib: "" },
      ["--file", "lib/a.js"],
      "lib/a.js cannot be written",
    ],
    [
      "an application without a framework",
      using("left-pad"),
      [],
      "package.json has no framework that this command knows.",
    ],
    ["an application with two", using("express", "koa"), [], "package.json has Express and Koa."],
    ["an unknown framework", using(), ["--framework", "expres"], "Did you mean express?"],
    ["an unknown store", using("koa"), ["--store", "postgre"], "Did you mean postgres?"],
    ["both languages", using("koa"), ["--typescript", "--javascript"], "not both"],
    ["a file of another language", using("koa"), ["--typescript", "--file", "a.js"], "a.js is of the other language"],
    ["a file of no language", using("koa"), ["--file", "a.txt"], "ends with .ts or .js"],
    ["a file elsewhere", using("koa"), ["--file", "../a.js"], "into the folder of the application"],
  ])("refuses %s with 2, and writes nothing", async (_, files, args, message) => {
    const folder = folderWith(files);
    const finished = await init(folder, ...args);
    expect(finished).toMatchObject({ code: 2, stdout: "" });
    expect(finished.stderr).toContain(message);
    expect(finished.stderr).toMatch(/Nothing was written/);
    expect(existsSync(join(folder, "sessions.js"))).toBe(false);
  });

  describe("where a link leads out of the folder", () => {
    /** An application with a link to a folder beside it, which the link leads to, and what is in there afterwards. */
    function linked(link: string, to: string, files: Readonly<Record<string, string>> = {}) {
      const folder = folderWith(using("koa"));
      const outside = folderWith(files);
      symlinkSync(join("..", basename(outside), to), join(folder, link));
      return { folder, outside };
    }

    test.each([
      ["a file that is not there", "sessions.js", "new.js", {}],
      ["a file", "sessions.js", "old.js", { "old.js": "mine\n" }],
      ["a folder", "src", "", {}],
      ["a folder that is not there", "src", "new", {}],
    ])("writes nothing through a link to %s, also with --overwrite", async (_, link, to, files) => {
      const { folder, outside } = linked(link, to, files);
      const file = link === "src" ? "src/sessions.js" : link;
      for (const more of [[], ["--overwrite"]]) {
        const { code, stderr, stdout } = await init(folder, "--yes", "--file", file, ...more);
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr).toMatch(
          /a link leads out of the folder of the application, or nowhere. Nothing was written. Remove/,
        );
        expect(readdirSync(outside)).toEqual(Object.keys(files));
        for (const [name, content] of Object.entries(files))
          expect(readFileSync(join(outside, name), "utf8")).toBe(content);
      }
    });

    test("writes through a link that stays in the folder", async () => {
      const folder = folderWith({ ...using("koa"), "lib/a.js": "" });
      symlinkSync("lib", join(folder, "src"));
      expect(await cli.json(["init", "--yes"], { cwd: folder })).toMatchObject({
        file: "src/sessions.js",
        written: true,
      });
      expect(readdirSync(join(folder, "lib"))).toEqual(["a.js", "sessions.js"]);
    });
  });

  test("takes node:http with --yes where there is no framework", async () => {
    expect(await cli.json(["init", "--yes"], { cwd: folderWith(using()) })).toMatchObject({ framework: "node" });
  });
});

describe.skipIf(!existsSync(script))("B191: init at a terminal", () => {
  test("asks three questions at most, also when the answers are typed ahead", async () => {
    const folder = folderWith(using("express", "koa"));
    const { code, shown } = await atTerminal(folder, "2\n9\n4\nlib/visits.ts\n");
    expect(shown).toContain("package.json has several frameworks. Which one?\n  1  Express\n  2  Koa\n");
    expect(shown).toContain("Where are sessions kept?\n  1  SQLite, a file on this host\n");
    expect(shown).toContain("Where does the file go? [sessions.js]:");
    expect(shown).toContain("Wrote lib/visits.ts, for Koa.");
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "lib/visits.ts"), "utf8")).toContain('from "coatcheck/stores/redis"');
  });

  test("takes the default for an empty answer, and asks before it replaces a file", async () => {
    const folder = folderWith({ ...using("express", "pg"), "sessions.js": "mine\n" });
    const kept = await atTerminal(folder, "\n\n\n");
    expect(kept.shown).toContain("sessions.js is there already. Replace it? [no]:");
    expect(kept.code).toBe(2);
    expect(readFileSync(join(folder, "sessions.js"), "utf8")).toBe("mine\n");
    expect((await atTerminal(folder, "\n\nyes\n")).code).toBe(0);
    expect(readFileSync(join(folder, "sessions.js"), "utf8")).toContain("postgresStore");
  });

  test("writes nothing if nobody answers", async () => {
    const folder = folderWith(using("express"));
    const { code, shown } = await atTerminal(folder, "\u0004");
    expect(code).toBe(2);
    expect(shown).toContain("The question was not answered. Nothing was written.");
    expect(existsSync(join(folder, "sessions.js"))).toBe(false);
  });
});
