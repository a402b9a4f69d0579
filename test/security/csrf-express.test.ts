import { createSessions } from "coatcheck";
import { session } from "coatcheck/express";
import { csrf, csrfMiddleware } from "coatcheck/security";
import { memoryStore } from "coatcheck/stores/memory";
import express, { type ErrorRequestHandler } from "express";
import express4 from "express4";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Answer, type AskOptions, ask, serve } from "../support/adapters/node.ts";

describe.each([
  ["Express 4", express4],
  ["Express 5", express],
])("csrfMiddleware() on %s", (_, framework) => {
  async function site() {
    const sessions = createSessions<Record<string, unknown>>({ store: memoryStore() });
    const protection = csrf(sessions);
    const app = framework().set("env", "test");
    app.use(session(sessions), framework.urlencoded({ extended: false }), framework.json(), csrfMiddleware(protection));
    app.get("/form", (req, res, next) => void protection.token(req).then((token) => res.send(token), next));
    app.post("/theme", (req, res) => {
      sessions.get(req).set("theme", req.body?.theme);
      res.send("changed");
    });
    app.get("/theme", (req, res) => void res.send(String(sessions.get(req).get("theme"))));
    const onError: ErrorRequestHandler = (error, _req, res, _next) => void res.status(error.status).send(error.code);
    app.use(onError);
    const served = await serve(app);
    onTestFinished(served.close);
    const form = await ask(`${served.url}/form`);
    const cookie = form.headers["set-cookie"]![0]!.split(";")[0]!;
    const go = (path: string, options: AskOptions = {}): Promise<Answer> =>
      ask(served.url + path, { ...options, headers: { cookie, ...options.headers } });
    return { token: form.body, go };
  }

  const form = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" };

  it.each([
    ["a form", (token: string) => ({ headers: form, body: new URLSearchParams({ _csrf: token, theme: "dark" }) })],
    [
      "a script",
      (token: string) => ({
        headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", "x-csrf-token": token },
        body: JSON.stringify({ theme: "dark" }),
      }),
    ],
  ] as const)("B153: lets %s with the token change something", async (_, make) => {
    const { token, go } = await site();
    const { headers, body } = make(token);
    const answer = await go("/theme", { method: "POST", headers, body: String(body) });
    expect([answer.status, answer.body, (await go("/theme")).body]).toEqual([200, "changed", "dark"]);
  });

  it.each([
    ["without a token", form, "theme=dark"],
    ["with a made-up token", form, `_csrf=${"0".repeat(128)}&theme=dark`],
    ["without a body", { "sec-fetch-site": "same-origin" }, ""],
    ["with the right token on another site", { ...form, "sec-fetch-site": "cross-site" }, "theme=dark"],
  ] as const)(
    "B153, B154: a request %s goes to the error handler, and nothing is changed",
    async (title, headers, body) => {
      const { token, go } = await site();
      const right = title.includes("right") ? `_csrf=${token}&` : "";
      const answer = await go("/theme", { method: "POST", headers, body: right + body });
      expect([answer.status, answer.body, (await go("/theme")).body]).toEqual([403, "CROSS_SITE_REQUEST", "undefined"]);
    },
  );
});
