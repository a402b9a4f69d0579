import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compilers, consumer, installPacked, link } from "../support/package/application.ts";
import { listEntryPoints } from "../support/package/entry-points.ts";
import { manifest } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

const app = mkdtempSync(join(tmpdir(), "coatcheck-consumers-"));
const specifiers = listEntryPoints().open.map(({ specifier }) => specifier);

const usage = `
import { createSessions, SessionError, type SessionData } from "${manifest.name}";
import { session } from "${manifest.name}/express";
import { redisStore } from "${manifest.name}/stores/redis";
const sessions = createSessions({ store: redisStore({ url: "redis://localhost" }) });
session(sessions);
export const isGone = (error: unknown): boolean => error instanceof SessionError && error.code === "SESSION_GONE";
export const views = async (request: Request): Promise<string | undefined> =>
  (await sessions.open(request)).session.get("views")?.toFixed();
declare module "${manifest.name}" {
  interface SessionData {
    views: number;
  }
}
export const data: SessionData = { views: 1 };
`;

const drop = `
import expressSession = require("${manifest.name}/express-session");
expressSession({ secret: "s", store: new expressSession.MemoryStore() });
export type Stored = expressSession.Session;
import { Session } from "${manifest.name}/nest";
export type Visited = Session<{ views: number }>;
void Session;
`;

beforeAll(async () => {
  await installPacked(app);
  for (const name of ["@types", ...Object.keys(manifest.peerDependencies).filter((name) => name !== "next")]) {
    link(app, name);
  }
  const all = (names: readonly string[]) =>
    names.map((name, at) => `import * as a${at} from "${name}";\nvoid a${at};\n`);
  writeFileSync(join(app, "module.mts"), [usage, ...all(specifiers)].join("\n"));
  writeFileSync(join(app, "required.cts"), [usage, drop, ...all(specifiers)].join("\n"));
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

const asNode = ["module.mts", "required.cts"];
const [oldest, ...newer] = compilers as [string, ...string[]];
const newest = newer.at(-1)!;

// The resolution of bundlers under TypeScript 6 is tested with the package itself.
test.each([
  [oldest, "node16", "node16", asNode] as const,
  ...newer.map((compiler) => [compiler, "nodenext", "nodenext", asNode] as const),
  [newest, "node16", "node16", asNode] as const,
  [newest, "esnext", "bundler", ["module.mts"]] as const,
])(
  "%s compiles every entry point with module %s, library check included",
  async (compiler, module, resolution, files) => {
    const lib = ["es2023", "esnext.disposable", "dom", "dom.iterable"].join();
    const options = ["--module", module, "--moduleResolution", resolution, "--types", "node", "--lib", lib];
    const args = ["--strict", "--noEmit", "--target", "es2022", "--skipLibCheck", "false", ...options, ...files];
    const { code, stdout } = await run(process.execPath, [consumer(`${compiler}/bin/tsc`), ...args], app);
    if (code !== 0 && stdout === "") throw new Error(`${compiler} ended with ${code}`);
    // What is wrong with the types of a framework, which is a link that leads out of here, is not for us to mend.
    expect(stdout.replaceAll(/^\.\..*\n(?: .*\n)*/gm, "")).toBe("");
  },
);

describe("Jest", () => {
  test("Jest runs a CommonJS test of an application, without configuration", async () => {
    const folder = join(app, "jest");
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "tested", private: true }));
    writeFileSync(
      join(folder, "app.test.js"),
      `
const { createSessions, SessionError } = require("${manifest.name}");
const session = require("${manifest.name}/express-session");
const { memoryStore } = require("${manifest.name}/stores/memory");
const { openStore } = require("${manifest.name}/stores/open");
const { session: express } = require("${manifest.name}/express");
const { cookieStore } = require("${manifest.name}/stores/cookie");

test("a session is kept", async () => {
  const sessions = createSessions({ store: memoryStore() });
  const visit = async (headers) => {
    const count = async (_, session) => new Response(String(await session.update("views", (views = 0) => views + 1)));
    const response = await sessions.handle(new Request("http://localhost/", { headers }), count);
    return [await response.text(), response.headers.getSetCookie()];
  };
  const [first, [cookie]] = await visit({});
  const [second] = await visit({ cookie: cookie.split(";")[0] });
  expect([first, second]).toEqual(["1", "2"]);
});

test("what is loaded late and what fails is there too", async () => {
  expect([session, session.Store, express, cookieStore].map((value) => typeof value)).toEqual(Array(4).fill("function"));
  expect((await openStore("memory:")).read).toBeDefined();
  const failed = await openStore("nothing:").catch((error) => error);
  expect(failed).toBeInstanceOf(SessionError);
  expect(failed.code).toBe("INVALID_OPTION");
});
`,
    );
    const args = [consumer("jest/bin/jest.js"), "--rootDir", folder, "--no-cache", "--no-watchman", "--ci"];
    const { code, stderr } = await run(process.execPath, args, folder);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("Tests:       2 passed, 2 total");
  });
});
