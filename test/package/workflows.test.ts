import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path/posix";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { manifest, root } from "../support/package/manifest.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly needs?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly name: string;
  readonly on: object;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const files = readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`);
const workflows = files.map((file) => ({ file, workflow: parse(read(file)) as Workflow }));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job, workflow })),
);

test("the workflows have a name, a cause and jobs with a machine, a time limit and steps", () => {
  expect(jobs.length).toBeGreaterThan(3);
  for (const { name, job, workflow } of jobs) {
    expect(workflow, name).toMatchObject({ name: expect.any(String), on: expect.anything() });
    expect(job, name).toMatchObject({ "runs-on": expect.any(String), "timeout-minutes": expect.any(Number) });
    const shapes = job.steps.map((step) => typeof step.uses === "string" || typeof step.run === "string");
    expect(shapes, name).toEqual(job.steps.map(() => true));
    if (job.needs !== undefined) expect(Object.keys(workflow.jobs), name).toContain(job.needs);
    for (const [, key] of JSON.stringify(job).matchAll(/\$\{\{ matrix\.(\w+)/g)) {
      expect(job.strategy?.matrix, name).toHaveProperty(key!);
    }
  }
});

test("the workflows use actions by commit, with the version in a comment", () => {
  for (const file of files) {
    const uses = read(file).match(/uses:.*/g) ?? [];
    expect(uses.filter((line) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  }
});

test("the workflows grant each job what it needs and no more, and leave no credentials behind", () => {
  const writes = jobs.flatMap(({ name, job, workflow }) => {
    expect(workflow.permissions, name).toEqual({});
    const checkouts = job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
    const granted = Object.entries(job.permissions).filter(([, access]) => access !== "read");
    return granted.map(([scope]) => `${name}: ${scope}`);
  });
  expect(writes.sort()).toEqual([
    ".github/workflows/codeql.yml analyse: security-events",
    ".github/workflows/release.yml publish: id-token",
  ]);
});

test("the workflows run scripts that exist, on the oldest Node that the package supports and on newer ones", () => {
  const { scripts, engines } = manifest as unknown as Record<"scripts" | "engines", Record<string, string>>;
  const commands = jobs.flatMap(({ job }) => job.steps.flatMap(({ run }) => run ?? []));
  const named = commands.flatMap((run) => [...run.matchAll(/npm (?:run )?(test\S*|build)/g)].map(([, name]) => name!));
  expect(named).toContain("test");
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  const oldest = Number(engines.node!.match(/\d+/)![0]);
  const matrices = jobs.flatMap(({ job }) => (job.strategy?.matrix.node ?? []) as number[]);
  expect(Math.min(...matrices)).toBe(oldest);
});

test("updates of dependencies reach every lockfile", () => {
  const { updates } = parse(read(".github/dependabot.yml")) as { updates: { directories?: string[] }[] };
  const globs = updates.flatMap(({ directories }) => directories ?? []);
  const tracked = execFileSync("git", ["ls-files", "-z", "*package-lock.json"], { cwd: root, encoding: "utf8" });
  const folders = tracked
    .split("\0")
    .filter(Boolean)
    .map((file) => join("/", dirname(file)));
  expect(folders.filter((folder) => !globs.some((glob) => matchesGlob(folder, glob)))).toEqual([]);
});
