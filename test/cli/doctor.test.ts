import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createSessions, generateKey } from "coatcheck";
import { listener } from "coatcheck/node";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeCookie } from "../../src/operations/shared/judge-cookie.ts";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { describeStore, openAgain, storesUnderTest } from "../support/stores/stores.ts";

let cli: InstalledCli;
beforeAll(async () => {
  cli = await installCli();
});

interface Answer {
  readonly faults: number;
  readonly findings: readonly { readonly check: string; readonly state: string; readonly message: string }[];
}

const ask = async (args: readonly string[], env: Record<string, string>, code = 0): Promise<Answer> =>
  (await cli.json(["doctor", ...args], { env, code })) as Answer;

const statesOf = ({ findings }: Answer, check: string): string[] =>
  findings.filter((finding) => finding.check === check).map(({ state }) => state);

const stores = await storesUnderTest(["SQLite", "PostgreSQL", "MariaDB", "Redis"]);
const looked: Readonly<Record<string, readonly string[]>> = {
  SQLite: ["durability", "query plan", "rights"],
  PostgreSQL: ["clock", "primary", "durability", "query plan", "rights"],
  MariaDB: ["clock", "primary", "durability", "query plan", "rights"],
  Redis: ["clock", "primary", "eviction", "persistence", "rights"],
};

for (const [name, subject] of Object.entries(stores)) {
  describeStore(`B151: on ${name} the doctor`, subject, () => {
    test("finds no fault in a store that is well, and leaves nothing behind", async () => {
      const url = subject.url();
      const store = await openAgain(url);
      await store.setup?.();
      const answer = await ask([], { SESSION_STORE: url });
      expect(answer.faults).toBe(0);
      for (const check of ["store", "round trip", "server", ...looked[name]!])
        expect(statesOf(answer, check)).not.toEqual([]);
      expect(await store.count?.("coatcheck.doctor", 0)).toBe(0);
    });
  });
}

describe("B151: the doctor finds", () => {
  test("an index that is missing, with the statement that makes it", async () => {
    const url = stores.SQLite!.url();
    const store = await openAgain(url);
    await store.setup?.();
    const database = new Database(url.slice("sqlite:".length));
    database.exec('DROP INDEX "coatcheck_sessions_user"');
    database.close();
    const answer = await ask([], { SESSION_STORE: url }, 1);
    expect(statesOf(answer, "indexes")).toEqual(["fault"]);
    expect(JSON.stringify(answer)).toContain("CREATE INDEX");
  });

  test("a server that is down, and keys that are none, without printing them", async () => {
    const env = {
      SESSION_STORE: "postgres://app:hidden@127.0.0.1:1/shop",
      SESSION_KEYS: "short-key",
      SESSION_PEPPER: generateKey(),
    };
    const answer = await ask([], env, 1);
    expect(statesOf(answer, "store")).toEqual(["fault"]);
    expect(statesOf(answer, "keys")).toEqual(["fault", "ok"]);
    expect(JSON.stringify(answer)).not.toMatch(/hidden|short-key/);
  });
});

const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("B152: the doctor asks a running application", () => {
  test("and finds nothing wrong with one that uses coatcheck", async () => {
    const sessions = createSessions<{ views: number }>();
    const url = await serve(
      listener(sessions, (request, response) => {
        const session = sessions.get(request);
        session.set("views", (session.get("views") ?? 0) + 1);
        response.end("hello");
      }),
    );
    const answer = await ask(["--url", url], {});
    expect(answer.faults).toBe(0);
    expect(["cookie", "caches", "next visit"].flatMap((check) => statesOf(answer, check))).toEqual(["ok", "ok", "ok"]);
  });

  test("and says why a browser would drop its cookie, or a cache hand it on", async () => {
    const url = await serve((_, response) => {
      response.setHeader("set-cookie", "session=abc; SameSite=None; Domain=shop.example");
      response.end();
    });
    const answer = await ask(["--url", url], {}, 1);
    const told = answer.findings.map(({ message }) => message).join("\n");
    expect(told).toContain("A browser drops the cookie session: SameSite=None needs Secure.");
    expect(told).toContain("its Domain shop.example is not that of the page");
    expect(told).toContain("is not HttpOnly");
    expect(told).toContain("a shared cache may hand");
  });

  test("and finds one that does not know its own cookie, follows redirects, and names the cookies that it saw", async () => {
    const forgetful = await serve(async (request, response) => {
      if (request.url === "/") return void response.writeHead(302, { location: "/login" }).end();
      const { cookie } = await createSessions().issue();
      response
        .writeHead(200, { "set-cookie": `${cookie}; HttpOnly; SameSite=Lax; Path=/`, "cache-control": "private" })
        .end();
    });
    expect(statesOf(await ask(["--url", forgetful], {}, 1), "next visit")).toEqual(["fault"]);
    const other = await ask(["--url", forgetful, "--name", "sid"], {});
    expect(JSON.stringify(other)).toContain("It set session.");
  });

  const secure = "Path=/; Secure; HttpOnly; SameSite=Lax";
  const https = "https://shop.example/login";
  test.each([
    ["nothing of a good one", https, `__Host-session=a; ${secure}`, []],
    ["nothing of Secure on this machine", "http://localhost:3000/", `__Host-session=a; ${secure}`, []],
    [
      "that Secure does not come over http",
      "http://shop.example/",
      `__Host-session=a; ${secure}`,
      ["it is Secure, and this page", "came over http, where anybody"],
    ],
    [
      "what __Host- needs",
      https,
      "__Host-session=a; Path=/app; Secure; HttpOnly; SameSite=Lax",
      ["__Host- needs", "goes only to"],
    ],
    [
      "that a prefix needs Secure",
      https,
      "__Secure-session=a; HttpOnly; SameSite=Lax",
      ["its prefix needs", "is not Secure"],
    ],
    ["that it is too large", https, `__Host-session=${"a".repeat(4_096)}; ${secure}`, ["more than 4096 bytes"]],
    ["that it has expired", https, `__Host-session=a; ${secure}; Max-Age=0`, ["as one that has expired"]],
    ["that it may be set by others", https, `session=a; ${secure}`, ["has no prefix"]],
  ])("judges %s", (_, page, line, expected) => {
    const told = judgeCookie(line, new URL(page), Date.now()).map(({ message }) => message);
    expect(told).toEqual(expected.map((part) => expect.stringContaining(part)));
  });
});
