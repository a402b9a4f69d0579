import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { storeSchema } from "coatcheck/stores/schema";
import { beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { manifest } from "../support/package/manifest.ts";
import { output, run } from "../support/processes/run.ts";

const zsh = ["/usr/bin/zsh", "/bin/zsh"].find((path) => existsSync(path));

let cli: InstalledCli;
beforeAll(async () => {
  cli = await installCli();
});

/** What compgen offers for a line, in a real shell that has read the script. */
async function completed(words: readonly string[]): Promise<string[]> {
  const { stdout: script } = await cli.run(["completion", "bash"]);
  writeFileSync(join(cli.app, "completion.sh"), script);
  const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}`;
  const shown = await output(
    "bash",
    ["-c", `source completion.sh; ${line}; _coatcheck; echo "\${COMPREPLY[*]}"`],
    cli.app,
  );
  return shown.trim().split(" ");
}

describe("B145: the command of the installed package", () => {
  test("is what npx runs", async () => {
    const { code, stdout } = await run("npx", ["--offline", manifest.name, "--version"], cli.app);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest.version}\n` });
  });

  test("lists its commands, and exits with 0", async () => {
    for (const args of [[], ["--help"], ["help"], ["-h"]]) {
      const { code, stdout, stderr } = await cli.run(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      for (const { name, summary } of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary}$`, "m"));
    }
  });

  test.each(commands.map(({ name }) => name))("%s --help shows options and examples", async (name) => {
    const { code, stdout } = await cli.run([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: coatcheck ${name} `);
    expect(stdout).toContain("--json");
    expect(stdout).toMatch(/^Examples:\n {2}\S/m);
    expect((await cli.run(["help", name])).stdout).toBe(stdout);
  });

  test.each([
    ["an unknown command", ["schem"], 'There is no command "schem". Did you mean "schema"?'],
    ["an unknown option", ["key", "--jsn"], "There is no option --jsn. Did you mean --json?"],
    ["a value for a flag", ["key", "--help=1"], "--help takes no value."],
    ["an option without its value", ["schema", "sqlite", "--table"], "--table needs a value: <name>."],
    ["an option given twice", ["schema", "sqlite", "--table", "a", "--table=b"], "--table is given twice."],
    ["too many arguments", ["key", "secret"], "key takes no arguments but options."],
    ["too few arguments", ["schema"], 'schema is called as "coatcheck schema <engine>".'],
    ["an unknown engine", ["schema", "oracle"], 'There is no table for "oracle".'],
    ["an option with one hyphen", ["key", "-x"], "There are no options with one hyphen."],
  ])("refuses %s with 2, and says what to write", async (_, args, message) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("an error is JSON too, where JSON is asked for", async () => {
    const { code, stdout, stderr } = await cli.run(["schema", "oracle", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: stderr.trim() });
  });

  test("a reader that stops reading is no error", async () => {
    const bin = join(cli.app, "node_modules/.bin", manifest.name);
    const command = `${bin} completion zsh | true; echo "\${PIPESTATUS[0]}"`;
    expect(await output("bash", ["-c", command], cli.app)).toBe("0\n");
  });

  test("key prints 32 random bytes, each time others", async () => {
    const made = [await cli.run(["key"]), await cli.run(["key"])].map(({ stdout }) => stdout);
    expect(made[0]).toMatch(/^[\w-]{43}\n$/);
    expect(made[0]).not.toBe(made[1]);
    expect(await cli.json(["key"])).toEqual({ key: expect.stringMatching(/^[\w-]{43}$/) });
  });

  test("schema prints the statements of storeSchema()", async () => {
    expect((await cli.run(["schema", "mariadb"])).stdout).toBe(storeSchema("mysql"));
    const { stdout } = await cli.run(["schema", "postgres", "--table", "visits", "--schema", "web"]);
    expect(stdout).toBe(storeSchema("postgres", { table: "visits", schema: "web" }));
    expect(await cli.json(["schema", "d1"])).toEqual({ engine: "sqlite", sql: storeSchema("sqlite") });
  });

  test.skipIf(zsh === undefined)("zsh accepts its completion", async () => {
    const { stdout: script } = await cli.run(["completion", "zsh"]);
    writeFileSync(join(cli.app, "completion.zsh"), script);
    const code = "autoload -U compinit && compinit -u -D && source completion.zsh && echo $_comps[coatcheck]";
    expect(await output(String(zsh), ["-f", "-c", code], cli.app)).toBe("_coatcheck\n");
  });

  test("bash completes commands, engines and options", async () => {
    expect(await completed(["coatcheck", ""])).toEqual([...commands.map(({ name }) => name), "--help", "--version"]);
    expect(await completed(["coatcheck", "sch"])).toEqual(["schema"]);
    expect(await completed(["coatcheck", "schema", "my"])).toEqual(["mysql"]);
    expect(await completed(["coatcheck", "schema", "sqlite", "--t"])).toEqual(["--table"]);
  });
});
