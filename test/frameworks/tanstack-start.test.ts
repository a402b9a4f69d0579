import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "../support/adapters/node.ts";
import { cookieNames, Guest } from "../support/frameworks/guest.ts";
import { type Served, serveApart } from "../support/frameworks/served.ts";
import { root } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

type Name = "count" | "goAway" | "lookFor" | "fail" | "signIn";

describe("TanStack Start 1", () => {
  let server: Served;
  let guest: Guest;
  let functions: Readonly<Record<Name, string>>;
  beforeAll(async () => {
    server = await serveApart({ folder: "tanstack-start", runtime: "node22" });
    functions = JSON.parse((await new Guest(server.url).get("/own/functions")).body);
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    guest = new Guest(server.url);
  });

  const stored = async (): Promise<unknown> => JSON.parse((await guest.get("/own/read")).body);
  /** As the browser's part of a server function calls it. */
  const call = (name: Name): Promise<Answer> =>
    guest.post(functions[name], "", { "content-type": "text/plain", "x-tsr-serverfn": "true" });

  test("the middleware has the types that Start expects, and its context those of the data", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const project = "tanstack-start/tsconfig.check.json";
    const { stdout } = await run(process.execPath, [tsc, "--noEmit", "-p", project], import.meta.dirname);
    expect(stdout).toBe("");
  });

  test("B2: server functions of one page share its session, also beside each other", async () => {
    const page = await guest.get("/own/page");
    expect([page.status, page.body.includes("views: 1, 2"), cookieNames(page)]).toEqual([200, true, ["session"]]);
    expect(await stored()).toEqual({ views: 2 });
  });

  test("B2: a server function that the browser calls has the same session", async () => {
    await guest.get("/own/page");
    const { status, body, headers } = await call("count");
    expect([status, body, headers["set-cookie"]]).toEqual([200, expect.stringContaining("3"), undefined]);
    expect(await stored()).toEqual({ views: 3 });
  });

  test("B23: a redirect that a loader throws has the cookie, and leads where it should", async () => {
    const { status, headers } = await guest.get("/own/away");
    expect([status, headers.location, headers["set-cookie"]?.length]).toEqual([307, "/own/page", 1]);
    expect(await stored()).toEqual({ gone: true });
  });

  test("B23: a redirect that a called server function throws reaches Start's client, with the cookie", async () => {
    const answer = await call("goAway");
    expect(JSON.parse(answer.body)).toMatchObject({ isSerializedRedirect: true, to: "/own/page" });
    expect(cookieNames(answer)).toEqual(["session"]);
    expect(await stored()).toEqual({ gone: true });
  });

  test("B19: notFound() keeps the changes", async () => {
    expect(cookieNames(await call("lookFor"))).toEqual(["session"]);
    expect(await stored()).toEqual({ looked: true });
  });

  test("B19: a server function that throws changes nothing, in a loader or called, although its status is 200", async () => {
    await guest.get("/own/page");
    const called = await call("fail");
    const page = await guest.get("/own/broken");
    expect([called.status, page.status, page.body]).toEqual([
      200,
      500,
      expect.stringContaining("Something is broken."),
    ]);
    expect(await stored()).toEqual({ views: 2 });
  });

  test.each(["/own/nothing", "/own/elsewhere"])(
    "B23: a response for every visitor carries no visitor's cookie to the next: %s",
    async (path) => {
      expect(cookieNames(await guest.get(path))).toEqual(["session"]);
      expect(cookieNames(await guest.get(path))).toEqual([]);
      const other = new Guest(server.url);
      expect(cookieNames(await other.get(path))).toEqual(["session"]);
      expect(other.cookie).not.toBe(guest.cookie);
    },
  );

  test("B24: a session that cannot be stored is Start's response with the error's status, and a rejected call", async () => {
    expect(cookieNames(await call("signIn"))).toEqual(["session"]);
    guest = new Guest(server.url);
    expect(cookieNames(await guest.get("/own/sign-in"))).toEqual(["session"]);
    guest = new Guest(server.url);
    const called = await call("signIn");
    const visited = await guest.get("/own/sign-in");
    expect([called.status, cookieNames(called), called.headers["x-tss-serialized"]]).toEqual([429, [], "true"]);
    expect([visited.status, cookieNames(visited)]).toEqual([429, []]);
    expect(JSON.parse(visited.body)).toMatchObject({ status: 429, message: "HTTPError" });
    expect(await stored()).toEqual({});
  });
});
