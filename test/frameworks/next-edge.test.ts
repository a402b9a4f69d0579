import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { siteOf } from "../support/frameworks/next-site.ts";
import { describeTraps } from "../support/frameworks/next-traps.ts";

interface SourceMap {
  readonly sources?: readonly string[];
  readonly sourcesContent?: readonly string[];
  readonly sections?: readonly { readonly map: SourceMap }[];
}

/** What a bundle was made of: the code of each module, by its path. */
const modulesOf = ({ sources = [], sourcesContent = [], sections = [] }: SourceMap): [string, string][] => [
  ...sources.map((source, at): [string, string] => [source, sourcesContent[at] ?? ""]),
  ...sections.flatMap(({ map }) => modulesOf(map)),
];

describe("Next.js 16 on the edge runtime", () => {
  const site = siteOf("next/edge");
  const built = new URL("next/edge/.next/server/", import.meta.url);
  const jsonOf = async (name: string) => JSON.parse(await readFile(new URL(encodeURI(name), built), "utf8"));

  describeTraps(site);

  test("the edge runtime runs the middleware, the pages and the Route Handlers of this application", async () => {
    const { middleware, functions } = await jsonOf("middleware-manifest.json");
    expect(JSON.parse((await site.visit("/where")).body)).toEqual({ runtime: "edge-runtime" });
    expect(Object.keys(middleware)).toEqual(["/"]);
    expect(Object.keys(functions)).toEqual(expect.arrayContaining(["/forms/page", "/page/page", "/visit/[how]/route"]));
  });

  test("the edge runtime and Node.js open what the other has sealed", async () => {
    await site.proxied("none", { "x-colour": "red" });
    expect(JSON.parse((await site.visit("/node")).body)).toBe("red");
    expect((await site.visit("/page")).seen[0]).toMatchObject({ colour: "blue" });
  });

  test("the bundle for the edge runtime has Web Crypto and nothing of Node.js", async () => {
    const names = (await readdir(new URL("edge", built), { recursive: true })).filter((name) => name.endsWith(".map"));
    const modules = (await Promise.all(names.map((name) => jsonOf(`edge/${name}`)))).flatMap(modulesOf);
    const ours = new Map(
      modules.flatMap(([path, code]) => {
        const [, name] = /^[./]+\/dist\/(.+)$/.exec(path) ?? [];
        return name ? [[name, code]] : [];
      }),
    );
    expect([...ours.keys()]).toEqual(
      expect.arrayContaining(["adapters/next/index.js", "shared/core.js", "stores/cookie/index.js"]),
    );
    expect([...ours.keys()].filter((name) => /^crypto\/(web|node)\./.test(name))).toEqual(["crypto/web.js"]);
    for (const [name, code] of ours) {
      expect(code, name).not.toBe("");
      expect(code, name).not.toMatch(/["']node:/);
    }
  });
});
