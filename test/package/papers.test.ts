import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";

const PLACEHOLDER = ["REPOSITORY", "URL"].join("_");

/** The files of the repository that name the placeholder, sorted. */
function filesWithPlaceholder(): string[] {
  const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: root });
  const paths = tracked
    .toString()
    .split("\0")
    .filter((path) => /\.(md|ya?ml|json|ts|js)$/.test(path));
  return paths.filter((path) => readFileSync(join(root, path), "utf8").includes(PLACEHOLDER)).sort();
}

test("the release checklist names every file in which a placeholder waits for the public address", () => {
  const [, section = ""] = readFileSync(join(root, "docs/releasing.md"), "utf8").split("## The public address\n");
  const listed = [...section.split("\n## ")[0]!.matchAll(/^\* `(.+)`$/gm)].map(([, path]) => path!);
  const used = filesWithPlaceholder();
  expect(used).toEqual(listed.sort());
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (repository !== undefined) expect(used).toEqual([]);
});
