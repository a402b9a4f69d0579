import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { manifest, root } from "../support/package/manifest.ts";
import { programOf } from "./programs.ts";

const run = promisify(execFile);

test("JSR takes the sources as they are, with every entry point", async () => {
  const script = join(root, "scripts/jsr.js");
  const env = { ...process.env, NO_COLOR: "1" };
  const { stderr } = await run(process.execPath, [script, "--deno", programOf("deno")], { cwd: root, env });
  const checked = stderr.matchAll(/^Check src\/(\S+)$/gm);
  const entries = [...checked].map(([, path]) => path);
  expect(entries).toEqual(
    expect.arrayContaining(["index.ts", "core.ts", "stores/redis/index.ts", "adapters/hono/index.ts"]),
  );
  expect(stderr).toContain(`Simulating publish of @${manifest.name}/${manifest.name}@${manifest.version}`);
  expect(stderr).toContain("Success Dry run complete");
}, 300_000);
