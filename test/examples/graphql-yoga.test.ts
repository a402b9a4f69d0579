import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJar } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, placeOf, start } from "../support/examples/app.ts";
import { root } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

describe("examples/graphql-yoga", () => {
  let app: App;
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-example-"));

  beforeAll(async () => {
    app = await start("graphql-yoga", { SESSION_STORE: `file:${folder}/sessions` });
  });
  afterAll(async () => {
    await app?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A client that sends one operation, or several as a batch. */
  function client(): (...queries: string[]) => Promise<{ status: number; cookies: number; body: unknown }> {
    const jar = createJar();
    return async (...queries) => {
      const operations = queries.map((query) => ({ query }));
      const headers = { "content-type": "application/json", cookie: jar.header(app.url) ?? "" };
      const body = JSON.stringify(operations.length === 1 ? operations[0] : operations);
      const response = await fetch(`${app.url}/graphql`, { method: "POST", headers, body });
      const setCookies = response.headers.getSetCookie();
      jar.store(app.url, setCookies);
      return { status: response.status, cookies: setCookies.length, body: await response.json() };
    };
  }

  test("examples/graphql-yoga compiles", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { code, stdout } = await run(process.execPath, [tsc, "--noEmit", "-p", "."], placeOf("graphql-yoga"));
    expect([code, stdout]).toEqual([0, ""]);
  });

  test("examples/graphql-yoga signs in, greets once and signs out", async () => {
    const send = client();
    await send("mutation { addApple { apples } }");
    expect((await send('mutation { signIn(name: "ada") { user } }')).body).toEqual({
      data: { signIn: { user: "ada" } },
    });
    const visit = "{ visit { user apples messages } }";
    expect((await send(visit)).body).toEqual({
      data: { visit: { user: "ada", apples: 1, messages: ["Welcome, ada."] } },
    });
    expect((await send(visit)).body).toEqual({ data: { visit: { user: "ada", apples: 1, messages: [] } } });
    await send("mutation { signOut { user } }");
    expect((await send(visit)).body).toEqual({ data: { visit: { user: null, apples: 0, messages: [] } } });
  });

  test("B23: the operations of a batch share one session and one cookie", async () => {
    const send = client();
    const view = "mutation { view { views } }";
    const { cookies } = await send(view, view, "mutation { addApple { apples } }");
    expect(cookies).toBe(1);
    expect((await send("{ visit { views apples } }")).body).toEqual({ data: { visit: { views: 2, apples: 1 } } });
  });

  test("B11: loses no apple of parallel requests", async () => {
    const send = client();
    await send("mutation { view { views } }");
    await Promise.all([1, 2, 3, 4].map(() => send("mutation { addApple { apples } }")));
    expect((await send("{ visit { apples } }")).body).toEqual({ data: { visit: { apples: 4 } } });
  });

  test("B19: an error of one field is answered with 200, and keeps what the others wrote", async () => {
    const send = client();
    const { status, body } = await send('mutation { view { views } signIn(name: "") { user } }');
    expect(status).toBe(200);
    expect(body).toMatchObject({ errors: [{ message: "Who are you?" }] });
    expect((await send("{ visit { views } }")).body).toEqual({ data: { visit: { views: 1 } } });
  });

  test("B24: a commit that fails is a GraphQL error with its status and without its reason", async () => {
    rmSync(join(folder, "sessions"), { recursive: true, force: true });
    writeFileSync(join(folder, "sessions"), "no folder");
    expect(await client()("mutation { view { views } }")).toEqual({
      status: 503,
      cookies: 0,
      body: {
        errors: [
          {
            message: "The service is not available at the moment. Please try again.",
            extensions: { code: "STORE_UNAVAILABLE" },
          },
        ],
      },
    });
  });
});
