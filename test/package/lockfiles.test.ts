import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";

interface Entry {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
}

const tracked = execFileSync("git", ["ls-files", "-z", "*package-lock.json"], { cwd: root, encoding: "utf8" });
const lockfiles = tracked.split("\0").filter(Boolean);

/** The packages whose origin or bytes a lockfile leaves open. */
function holesOf(file: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, file), "utf8")) as { packages: Record<string, Entry> };
  return Object.entries(packages)
    .filter(([path, { link, inBundle }]) => path.includes("node_modules/") && !link && !inBundle)
    .filter(
      ([, { resolved, integrity }]) =>
        !resolved?.startsWith("https://registry.npmjs.org/") || !integrity?.startsWith("sha512-"),
    )
    .map(([path]) => path);
}

test("there is a lockfile beside each package that has dependencies", () => {
  const packages = execFileSync("git", ["ls-files", "-z", "*package.json"], { cwd: root, encoding: "utf8" });
  const unlocked = packages
    .split("\0")
    .filter(Boolean)
    .filter((file) => "dependencies" in JSON.parse(readFileSync(join(root, file), "utf8")))
    .map((file) => file.replace(/package\.json$/, "package-lock.json"))
    .filter((file) => !lockfiles.includes(file));
  expect(unlocked).toEqual([]);
});

test("the lockfiles name the public origin and the hash of every package; scripts/lockfiles.js fills them in", () => {
  expect(
    Object.fromEntries(lockfiles.map((file) => [file, holesOf(file)]).filter(([, holes]) => holes!.length > 0)),
  ).toEqual({});
});
