import { createJar } from "coatcheck/testing";

export interface TestBrowser {
  open(path: string): Promise<string>;
  submit(path: string, fields: Record<string, string>): Promise<string>;
}

/** A browser for tests: keeps its cookies, follows redirects, and sends the form of a page with its hidden token. */
export function openBrowser(site: string): TestBrowser {
  const jar = createJar();

  async function request(path: string, init: RequestInit = {}): Promise<string> {
    const url = site + path;
    const response = await fetch(url, { ...init, headers: { cookie: jar.header(url) ?? "" }, redirect: "manual" });
    jar.store(url, response.headers.getSetCookie());
    const location = response.headers.get("location");
    return location === null ? response.text() : request(location);
  }

  return {
    open: request,
    submit: async (path, fields) => {
      const [, token = ""] = /name="_csrf" value="([^"]+)"/.exec(await request(path)) ?? [];
      return request(path, { method: "POST", body: new URLSearchParams({ ...fields, _csrf: token }) });
    },
  };
}
