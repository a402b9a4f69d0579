import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createJar, type Jar } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

const folder = join(root, "test/frameworks/nest");

/** Compiles the application with decorators and to CommonJS. */
beforeAll(async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { code, stdout } = await run(process.execPath, [tsc, "-p", "."], folder);
  expect(stdout).toBe("");
  expect(code).toBe(0);
});

type Platform = "express" | "fastify" | "fastify-first";

async function start(platform: Platform): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ["dist/app.cjs", platform], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];
  return { url, child };
}

/** Somebody with a browser. */
function visitorOf(url: string): (path: string, method?: string) => Promise<Response> {
  const jar: Jar = createJar();
  return async (path, method = "GET") => {
    const response = await fetch(url + path, { method, headers: { cookie: jar.header(url) ?? "" } });
    jar.store(url, response.headers.getSetCookie());
    return response;
  };
}

describe.each(["express", "fastify"] as const)("a CommonJS application of Nest on %s", (platform) => {
  let url: string;
  let child: ChildProcess;
  beforeAll(async () => {
    ({ url, child } = await start(platform));
  });
  afterAll(() => void child?.kill());

  test("a Nest application has the session open before the first guard", async () => {
    const visit = visitorOf(url);
    expect(await (await visit("/views")).json()).toEqual({ views: 1 });
    expect(await (await visit("/views")).json()).toEqual({ views: 2 });
  });

  test("B18: a Nest application gives a handler several sessions, of which a lazy one is loaded", async () => {
    const visit = visitorOf(url);
    const answer = await visit("/theme", "POST");
    expect(await answer.json()).toEqual({ theme: "dark", views: 1 });
    expect(answer.headers.getSetCookie().map((line) => line.split("=")[0])).toEqual(["session", "taste"]);
  });

  test("a Nest application lets only signed-in users pass the guard", async () => {
    const visit = visitorOf(url);
    expect((await visit("/account")).status).toBe(401);
    // Nest's own @Session(), which reads the property of the request.
    expect((await visit("/login", "POST")).status).toBe(201);
    expect(await (await visit("/account")).json()).toEqual({ userId: "ada" });
  });

  test("B19: a Nest application keeps what was written before an HttpException with 4xx", async () => {
    const visit = visitorOf(url);
    expect((await visit("/teapot")).status).toBe(418);
    expect(await (await visit("/views")).json()).toEqual({ views: 2 });
  });

  test("B23: a Nest application has the cookie in the first headers of server-sent events, which pass by the framework's response", async () => {
    const answer = await visitorOf(url)("/events");
    expect(answer.headers.get("content-type")).toMatch("text/event-stream");
    expect(answer.headers.getSetCookie()).toHaveLength(1);
    expect(await answer.text()).toContain("data: hello");
  });

  test("B24: an exception filter answers a commit that failed", async () => {
    const answer = await visitorOf(url)("/full");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("x-code")).toBe("STORE_UNAVAILABLE");
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get("etag")).not.toBe('"of the answer that is dropped"');
    expect(await answer.json()).toEqual({ code: "STORE_UNAVAILABLE" });
    await visitorOf(url)("/empty");
  });

  test("a Nest application has the session open before Nest's middleware on Express, and after it on Fastify", async () => {
    const answer = await visitorOf(url)("/seen-by-middleware");
    expect(await answer.json()).toEqual({ seen: platform === "express" });
  });
});

test("on Fastify, sessions that the adapter registers itself are open before Nest's middleware", async () => {
  const { url, child } = await start("fastify-first");
  const visit = visitorOf(url);
  expect(await (await visit("/seen-by-middleware")).json()).toEqual({ seen: true });
  expect(await (await visit("/views")).json()).toEqual({ views: 2 });
  child.kill();
});

test("an application without HTTP has the same module", async () => {
  expect(await run(process.execPath, ["dist/app.cjs", "none"], folder)).toMatchObject({ code: 0, stdout: "object\n" });
});
