import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameworkNames, storeNames } from "../../src/cli/init/questions.ts";
import { compileApp } from "../support/cli/compile.ts";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { link } from "../support/package/application.ts";

/** What `init --json` says. */
interface Started {
  readonly framework: string;
  readonly file: string;
  readonly written: boolean;
  readonly steps: readonly { readonly code: readonly string[] }[];
  readonly use: string;
}

/** Installed beside the command, for all applications. */
const packages = [
  ...["express", "fastify", "koa", "hono", "@hono/node-server", "h3", "elysia", "@nestjs/common", "react-router"],
  ...["@types/node", "@types/express", "@types/koa"],
];

let cli: InstalledCli;
const children: ChildProcess[] = [];
beforeAll(async () => {
  cli = await installCli();
  for (const name of packages) link(cli.app, name);
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** A folder with a package.json, and with what the command wrote and said there. */
async function startedIn(name: string, manifest: object, args: readonly string[]): Promise<[string, Started]> {
  const folder = join(cli.app, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, ...manifest }));
  return [folder, (await cli.json(["init", ...args], { cwd: folder })) as Started];
}

/** Starts a server that prints its port. */
async function serve(folder: string, file: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let problems = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    problems += text;
  });
  const ended = once(child, "exit");
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([first]) => String(first)),
    ended.then(() => Promise.reject(new Error(`The server ended:\n${problems}`))),
  ]);
  return {
    url: `http://127.0.0.1:${line}/`,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A visit with the cookie of the last one. Returns the cookie, and how many visits the session has counted. */
async function visit(url: string, cookie: string): Promise<[cookie: string, views: unknown]> {
  const response = await fetch(url, { headers: { cookie, connection: "close" } });
  const [line] = response.headers.getSetCookie();
  const body = (await response.json()) as { views: unknown };
  return [line?.split(";")[0] ?? cookie, body.views];
}

async function countsAcrossRestart(folder: string, file: string): Promise<void> {
  const first = await serve(folder, file);
  let [cookie, views] = await visit(first.url, "");
  expect(views).toBe(1);
  [cookie, views] = await visit(first.url, cookie);
  expect(views).toBe(2);
  await first.stop();
  const second = await serve(folder, file);
  [, views] = await visit(second.url, cookie);
  expect(views).toBe(3);
  await second.stop();
}

const listening = "console.log((server.address() as { port: number }).port)";

/** Applications of which only the lines are missing that `init` tells: what comes before, and behind. */
const applications: Readonly<Record<string, (lines: readonly string[], use: string) => string>> = {
  express: ([first, mount], use) => `
import express from "express";
${first}
const app = express();
${mount}
app.get("/", (req, res) => {
  ${use}
  res.json({ views: req.session.get("views") });
});
const server = app.listen(0, "127.0.0.1", () => ${listening});
`,
  fastify: ([first, mount], use) => `
import { fastify } from "fastify";
${first}
const app = fastify();
${mount}
app.get("/", async (request) => {
  ${use}
  return { views: request.session.get("views") };
});
const server = app.server;
await app.listen({ port: 0, host: "127.0.0.1" });
${listening};
`,
  koa: ([first, mount], use) => `
import Koa from "koa";
${first}
const app = new Koa();
${mount}
app.use((ctx) => {
  ${use}
  ctx.body = { views: ctx.session.get("views") };
});
const server = app.listen(0, "127.0.0.1", () => ${listening});
`,
  hono: ([first, mount], use) => `
import { serve } from "@hono/node-server";
import { Hono } from "hono";
${first}
${mount}
const routes = app.get("/", (c) => {
  ${use}
  return c.json({ views: c.var.session.get("views") });
});
serve({ fetch: routes.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(port));
`,
  node: ([first, second, server], use) => `
import { createServer } from "node:http";
${first}
${second}
${server?.replace("/* as before */", `${use} res.end(JSON.stringify({ views: session.get("views") }));`)}
server.listen(0, "127.0.0.1", () => ${listening});
`,
};

describe("B190: init writes a file that runs", () => {
  test.each(Object.keys(applications))(
    "in an application of %s, which counts visits across a restart",
    async (name) => {
      const dependencies = name === "node" ? {} : { [name]: "*", libsql: "*" };
      const [folder, { framework, file, steps, use }] = await startedIn(name, { type: "module", dependencies }, [
        ...["--yes", "--typescript"],
      ]);
      expect(framework).toBe(name);
      const source = applications[name]!(steps[0]?.code ?? [], use);
      writeFileSync(join(folder, "server.ts"), source);
      expect(compileApp(folder, ["server.ts", file])).toEqual([]);
      await countsAcrossRestart(folder, "dist/server.js");
    },
  );

  test("as JavaScript of ES modules and for require, too", async () => {
    for (const [name, manifest] of [
      ["express-esm", { type: "module" }],
      ["express-cjs", {}],
    ] as const) {
      const [folder, { file, steps, use }] = await startedIn(name, { ...manifest, dependencies: { express: "*" } }, []);
      expect(file).toBe("sessions.js");
      const express = name === "express-cjs" ? 'const express = require("express");' : 'import express from "express";';
      const source = applications.express!(steps[0]?.code ?? [], use)
        .replace('import express from "express";', express)
        .replace(" as { port: number }", "");
      writeFileSync(join(folder, "server.js"), source);
      await countsAcrossRestart(folder, "server.js");
    }
  });
});

/** In one program each, as they declare the same names of the framework. */
const apart: readonly (readonly string[])[] = [["h3-v1", "astro"], ["nitro"], ["nuxt"]];
const together = frameworkNames.filter((name) => !apart.flat().includes(name));

describe("B190: init writes a file that compiles", () => {
  test.each([together, ...apart].map((names) => ({ names })))("for $names", async ({ names }) => {
    const calls = names.map((name) => ["--framework", name]);
    // One framework shows every store.
    if (names === together) calls.push(...storeNames.map((store) => ["--framework", "node", "--store", store]));
    const files: string[] = [];
    for (const args of calls) {
      const folder = `compiled-${args.filter((word) => !word.startsWith("-")).join("-on-")}`;
      const [place, { file }] = await startedIn(folder, { type: "module" }, [...args, "--typescript"]);
      files.push(`${folder}/${file}`);
      expect(readFileSync(join(place, file), "utf8")).not.toMatch(/[\w-]{43}/);
    }
    const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    expect(compileApp(cli.app, files, { noEmit: true, ...bundler })).toEqual([]);
  });
});
