import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifest, root } from "../support/package/manifest.ts";
import { parsePage } from "../support/package/markdown.ts";
import { copyTree, pack, unpack } from "../support/package/tarball.ts";
import { output, run } from "../support/processes/run.ts";

const folder = mkdtempSync(join(tmpdir(), "coatcheck-tarball-"));
const copy = join(folder, "another/place");
let tarball: string;
let unpacked: string;

beforeAll(async () => {
  tarball = await pack(folder);
  unpacked = await unpack(tarball);
  await copyTree(copy);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const papers = (): string[] =>
  readdirSync(unpacked, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));

test("two builds, in other folders, at other times and with another umask, give the same bytes", async () => {
  await output("sh", ["-c", `umask 077 && exec "${process.execPath}" scripts/build.js`], copy);
  for (const path of ["bin/coatcheck.js", "README.md", "src/index.ts"]) chmodSync(join(copy, path), 0o600);
  const again = await pack(dirname(copy), copy);
  const [first, second] = [tarball, again].map((path) => readFileSync(path));
  expect(relative(dirname(copy), again)).toBe(relative(folder, tarball));
  expect(second!.equals(first!)).toBe(true);
});

test("every link of the packed papers is absolute, and leads to what is in the repository", () => {
  const readme = readFileSync(join(unpacked, "README.md"), "utf8");
  const address = /\]\((https:\S+)\/blob\/v[^/]+\/docs\/guide\.md\)/.exec(readme)?.[1];
  const broken: string[] = [];
  let own = 0;
  for (const path of papers()) {
    for (const { target, line } of parsePage(readFileSync(join(unpacked, path), "utf8")).links) {
      if (!target.startsWith(`${address}/`)) {
        if (!/^(?:[a-z]+:|#)/.test(target)) broken.push(`${path}:${line}: ${target}`);
        continue;
      }
      own += 1;
      const [kind, version, ...way] = target
        .slice(address!.length + 1)
        .split("#")[0]!
        .split("/");
      const goal = way.join("/");
      const there = join(root, goal);
      const right = existsSync(there) && (kind === "tree") === statSync(there).isDirectory();
      if (!right || version !== `v${manifest.version}`) broken.push(`${path}:${line}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
  expect(own).toBeGreaterThan(50);
});

test("the packed papers differ from those of the repository in their links only", () => {
  const unlinked = (text: string) => text.replaceAll(/(\]\(|^ *\[[^\]]+\]: *|(?:href|src)=")[^)\s"]+/gm, "$1");
  for (const path of papers()) {
    const [here, there] = [root, unpacked].map((place) => readFileSync(join(place, path), "utf8"));
    expect(unlinked(there!), path).toBe(unlinked(here!));
    expect(parsePage(there!).blocks, path).toEqual(parsePage(here!).blocks);
  }
});

test("a release is refused while the repository has no public address, and its links have that address", async () => {
  const file = join(copy, "package.json");
  const release = ["scripts/pack.js", "--release", "--to", dirname(copy)];
  const { repository: _, ...without } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify(without));
  const refused = await run(process.execPath, release, copy);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Nothing was packed: package.json has no `repository`");
  const repository = { type: "git", url: "git+https://github.com/someone/coatcheck.git" };
  writeFileSync(file, JSON.stringify({ ...without, repository }));
  await output(process.execPath, release, copy);
  const readme = readFileSync(join(await unpack(join(dirname(copy), relative(folder, tarball))), "README.md"), "utf8");
  expect(readme).toContain(`](https://github.com/someone/coatcheck/blob/v${manifest.version}/docs/guide.md)`);
  expect(readme).toContain(`](https://github.com/someone/coatcheck/raw/v${manifest.version}/docs/images/shop.png)`);
});
