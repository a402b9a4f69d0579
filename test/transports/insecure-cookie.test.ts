import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The warnings of a manager that answers twice, in an application that was started under this NODE_ENV. */
async function warnings(environment: string, url: string, secure: boolean | "auto"): Promise<string[]> {
  vi.stubEnv("NODE_ENV", environment);
  vi.resetModules();
  const { createSessions } = await import("coatcheck");
  const codes: string[] = [];
  const sessions = createSessions<{ views: number }>({
    cookie: { secure },
    observer: (event) => event.type === "warning" && event.code !== "DEFAULT_STORE" && codes.push(event.code),
  });
  for (let time = 0; time < 2; time++) {
    const response = await sessions.handle(new Request(url), (_, session) => {
      session.set("views", 1);
      return new Response();
    });
    expect(response.headers.getSetCookie()).toHaveLength(1);
  }
  await sessions.close();
  return codes;
}

test("B68: a cookie without Secure outside development is warned of once", async () => {
  expect(await warnings("production", "http://localhost/", "auto")).toEqual(["INSECURE_COOKIE"]);
  expect(await warnings("production", "http://shop.example/", false)).toEqual(["INSECURE_COOKIE"]);
});

test("B68: nothing is said of a Secure cookie, nor in development", async () => {
  expect(await warnings("production", "https://shop.example/", "auto")).toEqual([]);
  expect(await warnings("development", "http://localhost/", "auto")).toEqual([]);
});
