import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifest, root } from "../support/package/manifest.ts";
import { output } from "../support/processes/run.ts";

interface Component {
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { readonly license: { readonly id?: string } }[];
}

test("npm run sbom lists what an application gets with the package, under licences that ask for their text only", async () => {
  const bill = JSON.parse(await output("npm", ["run", "--silent", "sbom"], root)) as { components: Component[] };
  const found = bill.components.map(({ name, version }) => `${name}@${version}`);
  expect(found.toSorted()).toEqual(
    Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`),
  );
  expect(bill.components.flatMap(({ licenses = [] }) => licenses.map(({ license }) => license.id))).toEqual(
    found.map(() => "MIT"),
  );
});

test("a copy of a dependency in the package comes with its licence", () => {
  const code = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" }).filter((path) =>
    /\.c?js$/.test(path),
  );
  const copies = code.flatMap((path) => {
    const text = readFileSync(join(root, "dist", path), "utf8");
    return [
      ...new Set([...text.matchAll(/^\/\/ \S*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(([, name]) => name!)),
    ].map((name) => ({ path, name, text }));
  });
  expect(copies.map(({ name }) => name)).toEqual(["devalue"]);
  for (const { path, name, text } of copies) {
    const licence = join(root, "node_modules", name, "LICENSE");
    expect(existsSync(licence) && text.includes(readFileSync(licence, "utf8").trim()), path).toBe(true);
  }
});
