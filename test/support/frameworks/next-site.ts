import { afterAll, beforeAll, beforeEach } from "vitest";
import { createJar, type Jar } from "../../../src/testing/cookie-jar.ts";
import { type Served, serveApart } from "./served.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The cookies that were set, by name. */
  readonly cookies: readonly string[];
  readonly body: string;
  /** What the page shows, as often as it shows it. */
  readonly seen: readonly Record<string, unknown>[];
}

/** An application of Next.js that is built and served while these tests run, and a visitor who is new in each test. */
export interface NextSite {
  readonly jar: Jar;
  cookie(): string;
  visit(path: string, headers?: Record<string, string>, init?: RequestInit): Promise<Answer>;
  /** Visits a page, and has proxy.ts do something on the way. */
  proxied(act: string, headers?: Record<string, string>): Promise<Answer>;
  /** What is in the session. */
  data(): Promise<unknown>;
  /** What the store was asked for since the last time. */
  calls(): Promise<string[]>;
  /** The hidden fields of a form, by which Next.js knows the Server Function. */
  fieldsOf(form: string): Promise<[string, string][]>;
  /** Sends a form as a browser does in which no script runs. */
  submit(form: string, name?: string): Promise<Answer>;
  /** Calls a Server Function as the client's script does. */
  call(form: string, args: readonly unknown[]): Promise<Answer>;
}

export function siteOf(folder: string): NextSite {
  let server: Served;
  let jar: Jar;
  beforeAll(async () => {
    server = await serveApart({ folder, runtime: "node" });
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    jar = createJar();
  });

  const visit: NextSite["visit"] = async (path, headers = {}, init = {}) => {
    const cookie = jar.header(server.url);
    const sent = { ...(cookie && { cookie }), ...headers };
    const response = await fetch(server.url + path, { redirect: "manual", ...init, headers: sent });
    const lines = response.headers.getSetCookie();
    jar.store(server.url + path, lines);
    const body = await response.text();
    const shown = [...body.matchAll(/<pre>(.*?)<\/pre>/g)].map(([, text = ""]) => text.replaceAll("&quot;", '"'));
    return {
      status: response.status,
      headers: response.headers,
      cookies: lines.map((line) => line.split("=", 1)[0] as string).toSorted(),
      body,
      seen: shown.map((text) => JSON.parse(text)),
    };
  };

  const fieldsOf: NextSite["fieldsOf"] = async (form) => {
    const { body } = await visit("/forms");
    const [, inside = ""] = new RegExp(`<form[^>]* id="${form}"[^>]*>(.*?)</form>`).exec(body) ?? [];
    const inputs = inside.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g);
    return [...inputs].map(([, name = "", value = ""]) => [name, value.replaceAll("&quot;", '"')]);
  };

  return {
    get jar() {
      return jar;
    },
    cookie: () => jar.header(server.url) ?? "",
    visit,
    proxied: (act, headers = {}) => visit("/page", { "x-do": act, ...headers }),
    data: async () => JSON.parse((await visit("/visit/look")).body),
    calls: async () => JSON.parse((await visit("/calls", {}, { method: "POST" })).body),
    fieldsOf,
    async submit(form, name = "ada") {
      const body = new FormData();
      for (const [field, value] of await fieldsOf(form)) body.append(field, value);
      body.append("name", name);
      return visit("/forms", {}, { method: "POST", body });
    },
    async call(form, args) {
      const [, id = ""] = /([0-9a-f]{40,})/.exec(JSON.stringify(await fieldsOf(form))) ?? [];
      return visit(
        "/forms",
        { "next-action": id, accept: "text/x-component" },
        { method: "POST", body: JSON.stringify(args) },
      );
    },
  };
}
