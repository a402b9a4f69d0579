import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll } from "vitest";
import { bundle } from "./_bundle.ts";

/** A worker that runs in workerd. */
export interface Worker {
  readonly url: string;
  fetch(path: string, init?: WorkerRequest): Promise<Response>;
  dispose(): Promise<void>;
}

type WorkerRequest = RequestInit & { readonly headers?: Readonly<Record<string, string>> };

export interface WorkerOptions {
  /** With Node's modules, as sockets need them. */
  readonly nodejs?: boolean;
  /** What else miniflare is to be told: bindings. */
  readonly [option: string]: unknown;
}

interface Miniflare {
  readonly ready: Promise<URL>;
  dispose(): Promise<void>;
}

/** Starts a worker from a file beside this one; it ends with the tests of the file that asked for it. */
export async function startWorker(entry: string, { nodejs = false, ...bindings }: WorkerOptions = {}): Promise<Worker> {
  const { code } = await bundle(entry, nodejs);
  const Miniflare = await findMiniflare();
  const miniflare = inFolder(
    () =>
      new Miniflare({
        modules: [{ type: "ESModule", path: "worker.js", contents: code }],
        compatibilityDate: "2026-04-01",
        compatibilityFlags: nodejs ? ["nodejs_compat"] : [],
        ...bindings,
      }),
  );
  const url = (await miniflare.ready).origin;
  const worker = {
    url,
    // Workerd closes a connection that is idle for 5 seconds, and a process that got no turn sends a request on it.
    fetch: (path: string, { headers, ...init }: WorkerRequest = {}) =>
      fetch(url + path, { redirect: "manual", ...init, headers: { ...headers, connection: "close" } }),
    dispose: () => miniflare.dispose(),
  };
  running.push(worker);
  return worker;
}

const running: Worker[] = [];
const folder = mkdtempSync(join(tmpdir(), "coatcheck-workers-"));
afterAll(async () => {
  await Promise.all(running.map((worker) => worker.dispose()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Miniflare does not wait for its files in the temporary folder to be deleted, and this process ends before. */
function inFolder<T>(make: () => T): T {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return make();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/** By a computed name: the types are checked before the package, which is heavy, is installed. */
async function findMiniflare(): Promise<new (options: object) => Miniflare> {
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve("miniflare");
  } catch (cause) {
    throw new Error("miniflare is not installed. Run: npm run test:packages -- runtimes", { cause });
  }
  return (await import(pathToFileURL(path).href)).Miniflare;
}

/** Runs one case of a suite inside a worker that was made with `answerCases`. @throws what the case threw there */
export async function runCase(worker: Worker, title: string, suite = ""): Promise<void> {
  const response = await worker.fetch(`/${suite}`, { method: "POST", body: title });
  const text = await response.text();
  if (text !== "passed") throw new Error(text);
}
