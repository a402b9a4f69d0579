import { sessionStorageOf } from "coatcheck/react-router";
import { createJar, testClock } from "coatcheck/testing";
import { data, isSession, redirect } from "react-router";
import { describe, expect, it } from "vitest";
import { post, setUp, start, type Visit } from "../support/adapters/react-router-visit.ts";

interface Flash {
  error: string;
}

const page = (): null => null;

/**
 * A browser on localhost that is not asked for https. The clock stands still, because a deadline that moves by a second
 * renews the cookie.
 */
function setUpStorage() {
  const { store, sessions } = setUp({ clock: testClock(new Date()).now });
  const storage = sessionStorageOf<Visit, Flash>(sessions, { secure: false });
  const jar = createJar();
  const keep = (line: string): void => jar.store("http://localhost/", [line]);
  return { store, sessions, storage, jar, keep, header: () => jar.header("http://localhost/") };
}

describe("a session of the storage", () => {
  it("a session of the storage is one of React Router, by its own test", async () => {
    const { storage } = setUpStorage();
    expect(isSession(await storage.getSession())).toBe(true);
  });

  it("B2: a session of the storage keeps what is set until it is unset", async () => {
    const { storage, keep, header } = setUpStorage();
    const first = await storage.getSession(null);
    expect([first.id, first.data, first.has("views"), first.get("views")]).toEqual(["", {}, false, undefined]);
    first.set("views", 1);
    first.set("theme", "dark");
    keep(await storage.commitSession(first));
    const second = await storage.getSession(header());
    expect([second.id.length, second.data]).toEqual([22, { views: 1, theme: "dark" }]);
    second.unset("theme");
    expect([second.has("theme"), second.has("views")]).toEqual([false, true]);
    expect(await storage.commitSession(second)).toBe("");
    expect((await storage.getSession(header())).data).toEqual({ views: 1 });
  });

  it("B17: a session of the storage keeps a flash value until it is read and the reader commits", async () => {
    const { storage, keep, header } = setUpStorage();
    const writer = await storage.getSession();
    writer.flash("error", "Wrong password");
    expect(writer.data).toEqual({ __flash_error__: "Wrong password" });
    keep(await storage.commitSession(writer));
    expect((await storage.getSession(header())).get("error")).toBe("Wrong password");
    const reader = await storage.getSession(header());
    expect([reader.has("error"), reader.get("error"), reader.has("error"), reader.get("error")]).toEqual([
      true,
      "Wrong password",
      false,
      undefined,
    ]);
    await storage.commitSession(reader);
    expect((await storage.getSession(header())).has("error")).toBe(false);
  });

  it("B11: loses nothing to others of the same visitor, unlike React Router's own", async () => {
    const { storage, keep, header } = setUpStorage();
    const first = await storage.getSession();
    first.set("views", 1);
    keep(await storage.commitSession(first));
    const [one, other] = await Promise.all([storage.getSession(header()), storage.getSession(header())]);
    one.set("views", 2);
    other.set("theme", "dark");
    await Promise.all([storage.commitSession(one), storage.commitSession(other)]);
    expect((await storage.getSession(header())).data).toEqual({ views: 2, theme: "dark" });
  });

  it("B9: a session of the storage ends for good, for a late writer too", async () => {
    const { sessions, storage, keep, header } = setUpStorage();
    const first = await storage.getSession();
    first.set("views", 1);
    keep(await storage.commitSession(first));
    const late = await storage.getSession(header());
    const line = await storage.destroySession(await storage.getSession(header()));
    expect(line).toMatch(/^session=; .*Max-Age=0/);
    keep(line);
    late.set("views", 2);
    await expect(storage.commitSession(late)).rejects.toMatchObject({ code: "SESSION_GONE" });
    expect([header(), await sessions.count()]).toEqual([undefined, 0]);
  });

  it("B7: a session of the storage signs in under a new token, by coatcheck's own session behind it", async () => {
    const { sessions, storage, keep, header } = setUpStorage();
    const first = await storage.getSession();
    first.set("views", 1);
    keep(await storage.commitSession(first));
    const planted = header();
    const session = await storage.getSession(planted);
    sessions.get(session).login("ada");
    keep(await storage.commitSession(session));
    expect((await storage.getSession(planted)).data).toEqual({});
    const signedIn = await storage.getSession(header());
    expect([sessions.get(signedIn).userId, signedIn.data]).toEqual(["ada", { views: 1 }]);
  });
});

describe("commitSession", () => {
  it("commitSession() gives the same line when it is asked again", async () => {
    const { storage } = setUpStorage();
    const session = await storage.getSession();
    session.set("views", 1);
    const line = await storage.commitSession(session);
    expect(line).toMatch(/^session=/);
    expect(await storage.commitSession(session)).toBe(line);
    expect(() => session.set("views", 2)).toThrow(expect.objectContaining({ code: "SESSION_CLOSED" }));
  });

  it("B16: commitSession() takes maxAge for this session, and nothing that is set for all", async () => {
    const { storage } = setUpStorage();
    const session = await storage.getSession();
    session.set("views", 1);
    const options: { maxAge: number } = { maxAge: 600, ...{ domain: "shop.example" } };
    await expect(storage.commitSession(session, options)).rejects.toThrow('"domain"');
    expect(await storage.commitSession(session, { maxAge: 600 })).toContain("Max-Age=600");
  });

  it("commitSession() refuses a session of another storage", async () => {
    const [ours, theirs] = [setUpStorage(), setUpStorage()];
    const session = await theirs.storage.getSession();
    await expect(ours.storage.commitSession(session)).rejects.toThrow(TypeError);
  });

  it("B22: commitSession() names the cookie as over https, unless told otherwise or given a request", async () => {
    const { sessions } = setUp();
    const line = async (storage: ReturnType<typeof sessionStorageOf<Visit>>, from?: Request): Promise<string> => {
      const session = await storage.getSession(from);
      session.set("views", 1);
      return storage.commitSession(session);
    };
    expect(await line(sessionStorageOf(sessions))).toMatch(/^__Host-session=.*Secure/);
    expect(await line(sessionStorageOf(sessions, { secure: false }))).toMatch(/^session=(?!.*Secure)/);
    expect(await line(sessionStorageOf(sessions), new Request("http://localhost/"))).toMatch(/^session=/);
    const remote = line(sessionStorageOf(sessions, { secure: false }), new Request("http://shop.example/"));
    await expect(remote).rejects.toMatchObject({ code: "INSECURE_TRANSPORT" });
  });
});

it("the storage works in loaders and actions written for React Router's own", async () => {
  const { sessions } = setUp();
  const { getSession, commitSession, destroySession } = sessionStorageOf<Visit, Flash>(sessions, { secure: false });
  const { visitor } = await start({
    root: { default: page },
    login: {
      default: page,
      headers: ({ loaderHeaders }) => loaderHeaders,
      loader: async ({ request }) => {
        const session = await getSession(request.headers.get("Cookie"));
        const found = { theme: session.get("theme"), error: session.get("error") };
        return data(found, { headers: { "Set-Cookie": await commitSession(session) } });
      },
      action: async ({ request }) => {
        const session = await getSession(request.headers.get("Cookie"));
        const form = await request.formData();
        if (form.get("theme") === "") session.flash("error", "Choose one");
        else session.set("theme", String(form.get("theme")));
        return redirect("/login", { headers: { "Set-Cookie": await commitSession(session) } });
      },
    },
    logout: {
      action: async ({ request }) => {
        const session = await getSession(request.headers.get("Cookie"));
        return redirect("/login", { headers: { "Set-Cookie": await destroySession(session) } });
      },
    },
  });
  const ada = visitor();
  const found = async (): Promise<unknown> => JSON.parse((await ada("/login")).body).loaderData.login;
  expect(await found()).toEqual({});
  await ada("/login", post("theme="));
  expect([await found(), await found()]).toEqual([{ error: "Choose one" }, {}]);
  await ada("/login", post("theme=dark"));
  expect(await found()).toEqual({ theme: "dark" });
  await ada("/logout", post());
  expect([await found(), await sessions.count()]).toEqual([{}, 0]);
});

describe("B65: commitHeaders", () => {
  it("B65: commitHeaders() gives the cookie and keeps the response out of shared caches", async () => {
    const { storage, keep, header } = setUpStorage();
    const first = await storage.getSession();
    first.set("views", 1);
    const headers = await storage.commitHeaders(first, { "cache-control": "public, max-age=60", "x-own": "1" });
    expect(headers.get("cache-control")).toBe('max-age=60, private, no-cache="set-cookie"');
    expect([headers.get("vary"), headers.get("x-own")]).toEqual(["Cookie", "1"]);
    for (const line of headers.getSetCookie()) keep(line);
    const second = await storage.getSession(header());
    expect(second.get("views")).toBe(1);
    expect((await storage.commitHeaders(second)).get("cache-control")).toBe("private");
  });
});
