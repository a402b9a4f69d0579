import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJar } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, placeOf, start } from "../support/examples/app.ts";
import { root } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

interface Result {
  readonly result?: { readonly data?: unknown };
  readonly error?: { readonly message: string; readonly data: { readonly code: string } };
}

describe("examples/trpc", () => {
  let app: App;
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-example-"));

  beforeAll(async () => {
    app = await start("trpc", { SESSION_STORE: `file:${folder}/sessions` });
  });
  afterAll(async () => {
    await app?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A client that sends one batch for several procedures without input. */
  function client(): (...names: string[]) => Promise<{ status: number; results: Result[] }> {
    const jar = createJar();
    return async (...names) => {
      const headers = { "content-type": "application/json", cookie: jar.header(app.url) ?? "" };
      const response = await fetch(`${app.url}/${names.join()}?batch=1`, { method: "POST", headers, body: "{}" });
      jar.store(app.url, response.headers.getSetCookie());
      return { status: response.status, results: (await response.json()) as Result[] };
    };
  }

  test("examples/trpc compiles", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { code, stdout } = await run(process.execPath, [tsc, "--noEmit", "-p", "."], placeOf("trpc"));
    expect([code, stdout]).toEqual([0, ""]);
  });

  test("its client visits, signs in and out, by tRPC's own links", async () => {
    const port = new URL(app.url).port;
    const { stdout } = await run("env", [`PORT=${port}`, "npm", "run", "--silent", "visit"], placeOf("trpc"));
    expect(stdout).toBe("[ 1, 2, 1 ]\n[ 'Welcome, ada.' ] { user: 'ada', apples: 1 }\nUNAUTHORIZED\n");
  });

  test("B11: loses no apple of parallel batches", async () => {
    const call = client();
    await call("view");
    await Promise.all([1, 2, 3].map(() => call("addApple", "addApple")));
    expect((await call("addApple")).results[0]?.result?.data).toBe(7);
  });

  test("B24: a commit that fails is the response of each procedure", async () => {
    rmSync(join(folder, "sessions"), { recursive: true, force: true });
    writeFileSync(join(folder, "sessions"), "no folder");
    const { status, results } = await client()("view", "view");
    expect(status).toBe(503);
    expect(results.map(({ error }) => error?.data.code)).toEqual(["SERVICE_UNAVAILABLE", "SERVICE_UNAVAILABLE"]);
    expect(app.output()).toContain("STORE_UNAVAILABLE");
  });
});
