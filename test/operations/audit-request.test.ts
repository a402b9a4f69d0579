import { createHmac } from "node:crypto";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { createSessions, type SessionEvent } from "coatcheck";
import { auditRequest } from "coatcheck/diagnostics";
import { fromExpressSession } from "coatcheck/legacy/express-session";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";
import { patient } from "../support/stores/stores.ts";

interface Visits {
  n: number;
}

function application(options: { trustProxy?: boolean; onReuse?: "report" } = {}) {
  const store = memoryStore();
  const quiet = { pruneInterval: false, observer: () => undefined } as const;
  const sessions = createSessions<Visits>({ ...patient, ...quiet, store, ...options });
  onTestFinished(() => sessions.close());
  return sessions;
}

const requestWith = (cookie: string, url = "http://localhost/", headers: Record<string, string> = {}) =>
  new Request(url, { headers: { cookie, ...headers } });

describe("auditRequest()", () => {
  test("B193: says which token opens a session, and changes nothing", async () => {
    const sessions = application();
    const ann = new Browser(sessions);
    await ann.visit((session) => session.login("ann"));
    const { sessions: before } = await sessions.list({ userId: "ann" });
    const audit = await auditRequest(sessions, requestWith(`theme=dark; ${ann.cookieHeader}`));
    const id = before[0]?.id;
    expect(audit).toMatchObject({
      ...{ name: "session", session: { id, userId: "ann" }, warnings: [], setCookies: [] },
      tokens: [{ cookie: "session", verdict: "opened", id, cause: undefined }],
    });
    expect(JSON.stringify(audit)).not.toContain(ann.token);
    expect((await sessions.list({ userId: "ann" })).sessions).toEqual(before);
  });

  test("B193: says of each other token why it opens nothing, and what to do", async () => {
    const sessions = application();
    const { token, id } = await sessions.issue({ userId: "ann" });
    const forged = `${id}.${"A".repeat(43)}`;
    const cookie = `session=nonsense; session=${forged}; __Host-session=${token}; session=${token}`;
    const { session, tokens } = await auditRequest(sessions, requestWith(cookie));
    expect(session).toMatchObject({ id, userId: "ann" });
    expect(tokens.map(({ cookie: name, verdict, reason }) => [name, verdict, reason])).toEqual([
      ["session", "refused", "malformed"],
      ["session", "refused", "wrong-secret"],
      ["__Host-session", "ignored", undefined],
      ["session", "opened", undefined],
    ]);
    for (const { verdict, cause, cure } of tokens) expect(verdict === "opened").toBe(!cause && !cure);
    await sessions.revoke(id, { anyUser: true });
    const gone = await auditRequest(sessions, requestWith(`session=${token}`));
    expect(gone).toMatchObject({ session: undefined, tokens: [{ verdict: "refused", reason: "unknown" }] });
    expect(await auditRequest(sessions, requestWith(""))).toMatchObject({ session: undefined, tokens: [] });
  });

  test("B193: takes the token of an Authorization header for what it is", async () => {
    const { bearer } = await import("coatcheck");
    const sessions = createSessions<Visits>({ ...patient, store: memoryStore(), transports: [bearer()] });
    onTestFinished(() => sessions.close());
    const { token, id } = await sessions.issue();
    const request = requestWith(`session=${token}`, "http://localhost/", { authorization: `Bearer ${token}` });
    expect((await auditRequest(sessions, request)).tokens).toMatchObject([
      { cookie: undefined, verdict: "opened", id },
      { cookie: "session", verdict: "ignored" },
    ]);
  });

  test("B193: says what the browser does with the cookie of the response", async () => {
    const sessions = application({ trustProxy: true });
    const ask = async (url: string, response: Headers | string[]) =>
      (await auditRequest(sessions, requestWith("", url), { response })).setCookies;
    const visited = await sessions.handle(requestWith("", "https://shop.example/"), async (_, session) => {
      session.set("n", 1);
      return new Response();
    });
    expect(await ask("https://shop.example/", visited.headers)).toEqual([
      { cookie: "__Host-session", isKept: true, findings: [] },
    ]);
    const [dropped] = await ask("http://shop.example/", visited.headers);
    expect(dropped).toMatchObject({ isKept: false, findings: [{ state: "fault" }, { state: "advice" }] });
    expect(await ask("https://shop.example/", ["theme=dark; Path=/"])).toEqual([]);
  });

  test("B193: is not misled by requests of the same moment", async () => {
    const sessions = application();
    const people = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => sessions.issue({ userId: `user-${at}` })),
    );
    const audits = await Promise.all(
      people.flatMap(({ token }, at) => [
        auditRequest(sessions, requestWith(`session=${token}`)).then(({ session }) => session?.userId === `user-${at}`),
        auditRequest(sessions, requestWith("session=nonsense")).then(({ tokens }) => tokens[0]?.reason === "malformed"),
        sessions.handle(requestWith(`session=${token}`), () => new Response()).then(({ ok }) => ok),
      ]),
    );
    expect(audits.every(Boolean)).toBe(true);
  });

  test("B193: takes no session of another library over", async () => {
    const rows = new Map([["sid", { cookie: { originalMaxAge: 3_600_000 }, user: "ann" }]]);
    const old = {
      get: (sid: string, done: (error: unknown, row?: unknown) => void) => done(null, rows.get(sid)),
      destroy: (sid: string, done: (error?: unknown) => void) => {
        rows.delete(sid);
        done();
      },
    };
    const secret = "a secret of the old application";
    const userId = ({ user }: { user: string }): string => user;
    const legacy = [fromExpressSession({ secret, store: old as never, userId })];
    const store = spyOn(memoryStore());
    const sessions = createSessions<Visits>({ ...patient, pruneInterval: false, store, legacy });
    onTestFinished(() => sessions.close());
    const signature = createHmac("sha256", secret).update("sid").digest("base64").replace(/=+$/, "");
    const cookie = `connect.sid=${encodeURIComponent(`s:sid.${signature}`)}`;
    expect(await auditRequest(sessions, requestWith(cookie))).toMatchObject({ session: undefined, tokens: [] });
    expect(store.calls).toEqual([]);
    const { session } = await auditRequest(sessions, requestWith(`${cookie}; session=nonsense`));
    expect([session, store.calls, rows.size]).toEqual([undefined, [], 1]);
    const { body } = await sessions.handle(requestWith(cookie), (_, { userId }) => new Response(userId));
    expect(await new Response(body).text()).toBe("ann");
  });

  test("B193: leaves no observer behind, and takes a request of node:http", async () => {
    const sessions = application();
    const events: SessionEvent[] = [];
    const { token, id } = await sessions.issue();
    const server = createServer(async (req, res) => {
      const { session } = await auditRequest(sessions, req);
      res.end(session?.id);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const answered = await new Promise<string>((resolve, reject) => {
      const headers = { cookie: `session=${token}`, connection: "close" };
      get({ host: "127.0.0.1", port, headers }, async (response) => {
        let body = "";
        for await (const part of response.setEncoding("utf8")) body += String(part);
        resolve(body);
      }).once("error", reject);
    });
    expect(answered).toBe(id);
    sessions.observe((event) => void events.push(event));
    await auditRequest(sessions, requestWith(`session=${token}`));
    expect(events.map(({ type }) => type)).toEqual(["opened", "opened"]);
  });
});
