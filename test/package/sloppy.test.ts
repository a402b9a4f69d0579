import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { root } from "../support/package/manifest.ts";

/** Starts an application of CommonJS, on the built package; gives its address, and what ends it. */
async function start(file: string, what: string, mode: string): Promise<{ url: string; stop: () => void }> {
  const path = fileURLToPath(new URL(`../support/sloppy/${file}`, import.meta.url));
  const env = { ...process.env, NODE_ENV: mode, VITEST: undefined };
  const child = spawn(process.execPath, [path, what], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const { value: port } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}

describe.each(["express", "express4", "koa", "fastify"])("B60: sloppy CommonJS on %s", (framework) => {
  describe.each(["development", "production"])("in %s", (mode) => {
    let app: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      app = await start("app.cjs", framework, mode);
    });
    afterAll(() => app.stop());

    const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
      const answer = await fetch(app.url + path);
      return { status: answer.status, body: await answer.json() };
    };

    it.each([
      ["assign", 'Use session.set("views", value)'],
      ["assign-method", 'on the session of "coatcheck/passport"'],
      ["assign-null", "Use destroy() of the session to sign out"],
      ["assign-object", "Use destroy() of the session to sign out"],
      ["delete-session", "Use destroy() of the session to sign out"],
      ["read", 'Use session.get("banned")'],
      ["read-in", 'Use session.get("banned")'],
      ["save-callback", "save() takes no callback; await it"],
      ["regenerate-callback", "regenerate() takes no callback; await it"],
      ["regenerate-list", "regenerate() was given an argument that it does not take"],
      ["destroy-callback", "destroy() takes no callback; await it"],
      ["login-callback", "login() takes no callback; await it"],
    ])("%s is answered with 500 and a sentence", async (deed, sentence) => {
      const { status, body } = await ask(`/${deed}`);
      expect({ status, body }).toEqual({ status: 500, body: { message: expect.stringContaining(sentence) } });
    });

    it("delete of a key is told in development only", async () => {
      const { status, body } = await ask("/delete-key");
      const told = { status: 500, body: { message: expect.stringContaining('Use session.delete("cart")') } };
      expect({ status, body }).toEqual(mode === "development" ? told : { status: 200, body: true });
    });

    it("what one visitor puts on the session, its methods, accessors and prototype, no other finds", async () => {
      await ask("/share?note=private");
      const { body } = await ask("/share?note=mine");
      expect((body as unknown[]).length).toBeGreaterThan(40);
      expect((body as unknown[]).filter((note) => note !== null)).toEqual([]);
    });
  });
});

describe("B60: middleware that keeps properties on req.session", () => {
  const visit = (url: string) => {
    let cookie = "";
    return async (path: string, init: RequestInit = {}): Promise<{ status: number; body: string }> => {
      const answer = await fetch(url + path, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), cookie },
        redirect: "manual",
      });
      for (const line of answer.headers.getSetCookie()) cookie = line.split(";")[0] ?? "";
      return { status: answer.status, body: await answer.text() };
    };
  };

  test.each([
    ["connect-flash", "/flash/put"],
    ["csurf", "/form"],
    ["connect-ensure-login", "/member"],
  ])("%s fails on coatcheck/express, and the sentence names what works", async (_, path) => {
    const { url, stop } = await start("middleware.cjs", "express", "production");
    try {
      const { status, body } = await visit(url)(path);
      expect(status).toBe(500);
      expect(body).toContain("coatcheck/passport");
    } finally {
      stop();
    }
  });

  test("on coatcheck/passport they work, for each visitor apart", async () => {
    const { url, stop } = await start("middleware.cjs", "passport", "production");
    try {
      const [ann, bob] = [visit(url), visit(url)];
      expect(await ann("/flash/put")).toEqual({ status: 200, body: "1" });
      expect(await bob("/flash/take")).toEqual({ status: 200, body: "[]" });
      expect(await ann("/flash/take")).toEqual({ status: 200, body: '["Saved"]' });
      const token = JSON.parse((await ann("/form")).body) as string;
      const headers = { "csrf-token": token };
      expect((await ann("/form", { method: "POST", headers })).status).toBe(200);
      expect((await bob("/form", { method: "POST", headers })).status).toBe(403);
      expect((await ann("/member")).status).toBe(302);
      expect(await ann("/return-to")).toEqual({ status: 200, body: '"/member"' });
    } finally {
      stop();
    }
  });
});
