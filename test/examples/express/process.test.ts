import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateKey } from "coatcheck";
import { describe, expect, it } from "vitest";
import { fromSource, refusal, temporaryFolder } from "../../support/examples/server.ts";
import { Visitor } from "../../support/examples/shop-visitor.ts";
import { freePort } from "../../support/servers/port.ts";

const clean = { code: 0, signal: null };

function isAccepting(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

describe("state survives", () => {
  it.each(["SIGTERM", "SIGINT", "SIGKILL"] as const)("%s and a new start", async (signal) => {
    const settings = { SESSION_DB: join(temporaryFolder(), "deep/er/sessions.db") };
    const first = await fromSource(settings);
    const ada = new Visitor(first.url);
    await ada.act("/sign-in", { user: "ada" });
    await ada.act("/cart/add", { item: "hat" });
    await ada.act("/theme", { theme: "dark" });
    await ada.text("/set");
    const { views } = await ada.look();
    expect(await first.end(signal)).toEqual(signal === "SIGKILL" ? { code: null, signal } : clean);

    const second = await fromSource(settings);
    ada.url = second.url;
    expect(second.output.stdout).toContain(`using the key that is kept in ${settings.SESSION_DB}.key`);
    expect(await ada.look()).toMatchObject({
      heading: "Good to see you, Ada.",
      cart: { "Felt hat": 1 },
      theme: "dark",
      views: views + 1,
    });
    expect(await ada.text("/get")).toBe("Authenticated as 123");
    expect(await second.end("SIGTERM")).toEqual(clean);
  });

  it("B41: kill -9 between writes that four clients send without a pause", async () => {
    const settings = { SESSION_DB: join(temporaryFolder(), "sessions.db"), SESSION_KEYS: generateKey() };
    let example = await fromSource(settings);
    const ada = new Visitor(example.url);
    await ada.act("/sign-in", { user: "ada" });
    let acknowledged = 0;
    let sent = 0;
    for (let round = 0; round < 3; round++) {
      const fill = async (): Promise<void> => {
        for (;;) {
          sent++;
          const { status } = await ada.post("/cart/add", { item: "scarf" });
          expect(status).toBe(303);
          acknowledged++;
        }
      };
      const clients = Promise.allSettled([fill(), fill(), fill(), fill()]);
      const enough = acknowledged + 5 + 5 * round;
      await expect.poll(() => acknowledged, { interval: 5 }).toBeGreaterThan(enough);
      expect(await example.end("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
      for (const { reason } of (await clients) as PromiseRejectedResult[])
        expect(String(reason)).toMatch(/fetch|socket/);

      example = await fromSource(settings);
      ada.url = example.url;
      const { heading, cart } = await ada.look();
      expect(heading).toBe("Good to see you, Ada.");
      expect(cart["Wool scarf"]).toBeGreaterThanOrEqual(acknowledged);
      expect(cart["Wool scarf"]).toBeLessThanOrEqual(sent);
      acknowledged = cart["Wool scarf"] ?? 0;
      sent = acknowledged;
    }
    expect(acknowledged).toBeGreaterThan(0);
    await example.end("SIGTERM");
  });
});

describe("B46: a stop", () => {
  /** Resolves when a signal has arrived: no new connection is accepted. */
  const untilClosed = ({ url }: { url: string }) =>
    expect.poll(() => isAccepting(Number(new URL(url).port))).toBe(false);

  /** Takes away the timer by which the example ends what does not end: it ends by itself, or never. */
  const withoutLastResort = `--import "data:text/javascript,${encodeURIComponent(
    "const { setTimeout } = globalThis; globalThis.setTimeout = (work, ms, ...rest) => setTimeout(work, ms === 8000 ? 1e9 : ms, ...rest);",
  )}"`;

  it("B46: a stop lets a request finish that is under way, and waits for nothing else", async () => {
    const example = await fromSource({
      SESSION_DB: join(temporaryFolder(), "sessions.db"),
      NODE_OPTIONS: withoutLastResort,
    });
    const { port } = new URL(example.url);
    const ada = new Visitor(example.url);
    await ada.act("/sign-in", { user: "ada" });
    // A browser keeps connections open that it has used, and opens some that it may use.
    const unused = connect(Number(port), "127.0.0.1");
    await once(unused, "connect");

    const add = await ada.begin("/cart/add", "item=umbrella");
    const exit = example.end("SIGTERM");
    await untilClosed(example);
    expect(example.child.exitCode).toBeNull();
    expect(await add.finish()).toBe(303);
    expect(await exit).toEqual(clean);
    expect(example.output.stderr).toBe("");
    unused.destroy();
  });

  it("B46: a stop is not disturbed by more signals: npm passes Ctrl-C on, which the terminal has sent already", async () => {
    const example = await fromSource({
      SESSION_DB: join(temporaryFolder(), "sessions.db"),
      NODE_OPTIONS: withoutLastResort,
    });
    const add = await new Visitor(example.url).begin("/cart/add", "item=umbrella");
    const exit = example.end("SIGINT");
    await untilClosed(example);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      await sleep(100);
      example.child.kill(signal);
    }
    await sleep(100);
    expect(await add.finish()).toBe(303);
    expect(await exit).toEqual(clean);
  });
});

describe("SESSION_KEYS", () => {
  it("SESSION_KEYS changes without losing what older keys sealed", async () => {
    const SESSION_DB = join(temporaryFolder(), "sessions.db");
    const [older, newer] = [generateKey(), generateKey()];
    const visitor = new Visitor("");
    const themeUnder = async (SESSION_KEYS: string): Promise<string | undefined> => {
      const example = await fromSource({ SESSION_DB, SESSION_KEYS });
      visitor.url = example.url;
      const { theme } = visitor.cookie("prefs") ? await visitor.look() : await visitor.act("/theme", { theme: "dark" });
      await example.end("SIGTERM");
      return theme;
    };
    expect(await themeUnder(older)).toBe("dark");
    expect(await themeUnder(`${newer}, ${older}`)).toBe("dark");
    expect(await themeUnder(newer)).toBe("dark");
    expect(await themeUnder(generateKey())).toBeUndefined();
    expect(existsSync(`${SESSION_DB}.key`)).toBe(false);
  });
});

describe("one line and exit code 1 for", () => {
  const inFolder = (name: string): string => join(temporaryFolder(), name);
  const written = (path: string, content: string): string => {
    writeFileSync(path, content);
    return path;
  };

  /** The line; the rest of what a refusal has to be is checked here. */
  async function lineFor(settings: Parameters<typeof refusal>[0]): Promise<string> {
    const { code, stdout, stderr } = await refusal({ SESSION_DB: inFolder("sessions.db"), ...settings });
    expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);
    expect(stderr).not.toMatch(/\.ts:|node:internal|^\s+at /m);
    expect(stdout).not.toContain("http://");
    expect(code).toBe(1);
    return stderr;
  }

  it("a port in use", async () => {
    const other = createServer().listen(await freePort(), "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    expect(await lineFor({ PORT: String(port) })).toBe(
      `Port ${port} cannot be had: another program uses it. Choose another, as in PORT=8081 npm start\n`,
    );
    other.close();
  });

  it.each(["", "http", "-1", "80.5", "65536", "1e3", " 8080"])("the port %j", async (PORT) => {
    expect(await lineFor({ PORT })).toMatch(/^PORT must be a number from 0 to 65535/);
  });

  it("a database path below a file", async () => {
    const file = written(inFolder("file"), "");
    const line = await lineFor({ SESSION_DB: join(file, "sessions.db") });
    expect(line).toContain(`could not open the SQLite file "${file}/sessions.db"`);
  });

  it("a database path that is not writable", async () => {
    // The superuser may write everywhere but in the kernel's own folders.
    const folder = process.getuid?.() === 0 ? "/sys" : inFolder("locked");
    if (folder !== "/sys") mkdirSync(folder, { mode: 0o555 });
    const path = join(folder, "sub/sessions.db");
    expect(await lineFor({ SESSION_DB: path })).toContain(`could not open the SQLite file "${path}"`);
  });

  it("a database path that is a folder", async () => {
    const folder = inFolder("folder.db");
    mkdirSync(folder);
    expect(await lineFor({ SESSION_DB: folder })).toContain(folder);
  });

  it.each([
    ["", /^SESSION_STORE is empty/],
    ["localhost:6379", /^SESSION_STORE cannot be used\. There is no store for "localhost:"/],
    ["/var/lib/app.db", /^SESSION_STORE cannot be used\. .*begins with the kind of store/],
    ["oracle://ann:hunter2@localhost/app", /^SESSION_STORE cannot be used\. There is no store for "oracle:"/],
    ["postgres://ann:hunter2#@localhost/app", /^SESSION_STORE cannot be used\. .*malformed/],
    ["postgres://ann:hunter2@localhost/app?table=a-b", /^SESSION_STORE cannot be used\. table must be/],
    ["redis://ann:hunter2@localhost/app", /^SESSION_STORE cannot be used\. url must be redis:/],
    ["mysql://ann:hunter2%@localhost/app", /^SESSION_STORE cannot be used\. .*percent-encoded/],
    ["memory:?maxSessions=many", /^SESSION_STORE cannot be used\. maxSessions must be an integer/],
    ["file:/dev/null/sessions", /^SESSION_STORE cannot be used\. /],
    ["sqlite:/dev/null/sessions.db", /^SESSION_STORE cannot be used\. .*could not open the SQLite file/],
  ])("the store %j", async (SESSION_STORE, sentence) => {
    const { code, stdout, stderr } = await refusal({ SESSION_STORE, SESSION_KEYS: generateKey() });
    expect(stderr).toMatch(sentence);
    expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);
    expect(stdout + stderr).not.toContain("hunter2");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  it("two settings for one thing", async () => {
    expect(await lineFor({ SESSION_STORE: "memory:" })).toMatch(/^SESSION_STORE and SESSION_DB are both set/);
  });

  it("no database path", async () => {
    expect(await lineFor({ SESSION_DB: "" })).toMatch(/^SESSION_DB is empty/);
  });

  it("a file that is no database, which is left as it was", async () => {
    const file = written(inFolder("sessions.db"), "These are my notes, not a database.\n".repeat(100));
    expect(await lineFor({ SESSION_DB: file })).toMatch(
      /^SESSION_DB \(.*sessions\.db\) cannot be used\. .*not a database/,
    );
    expect(readFileSync(file, "utf8")).toMatch(/^These are my notes/);
  });

  it.each(["", "short", "=".repeat(43), `${"a".repeat(43)}`])("the key %j", async (key) => {
    const line = await lineFor({ SESSION_KEYS: key });
    expect(line).toMatch(/^SESSION_KEYS holds no usable key\. .*key 1 of 1/);
    if (key !== "") expect(line).not.toContain(key);
  });

  it("a bad key among good ones", async () => {
    const good = generateKey();
    const line = await lineFor({ SESSION_KEYS: `${good},nonsense` });
    expect(line).toMatch(/key 2 of 2/);
    expect(line).not.toContain(good);
  });

  it("a damaged key file", async () => {
    const SESSION_DB = inFolder("sessions.db");
    const file = written(`${SESSION_DB}.key`, "damaged\n");
    expect(await lineFor({ SESSION_DB })).toMatch(new RegExp(`^${file} holds no usable key`));
  });

  it("a key file that cannot be created", async () => {
    const SESSION_DB = inFolder("sessions.db");
    mkdirSync(`${SESSION_DB}.key`);
    expect(await lineFor({ SESSION_DB })).toMatch(/^SESSION_KEYS is not set, and no key can be kept in/);
    expect(statSync(`${SESSION_DB}.key`).isDirectory()).toBe(true);
  });
});
