import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { dataFolder, removeFolder } from "./folder.ts";
import { guard, unguard } from "./guardian.ts";
import { freePort } from "./port.ts";
import { type Command, endOfLog, hasSucceeded, type Process, spawnCommand, superviseProcess } from "./process.ts";

/** A database server of a test's own, on 127.0.0.1, to kill, freeze and restart. It ends with the process that started it, however that ends. */
export interface OwnServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Sends the signal and resolves when the process is gone. SIGKILL goes to its child processes too, and is the only one that a frozen server obeys. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGSTOP to the process and its children: connections stay open, nothing is answered. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** An orderly end; the data stays. */
  stop(): Promise<void>;
  /** Stops it if it runs, and starts it with the same port and the same data. */
  restart(): Promise<void>;
  /** Ends the process and deletes the data. */
  dispose(): Promise<void>;
}

/** What has to be known of a kind of server to run one. */
export interface Recipe {
  readonly name: string;
  /** For an orderly end. */
  readonly stopSignal: NodeJS.Signals;
  url(port: number): string;
  /** Fills the folder, once. */
  prepare(folder: string, run: (command: Command) => Promise<void>): Promise<void>;
  command(folder: string, port: number): Command;
  /** Throws as long as the server does not answer. */
  probe(port: number): Promise<void>;
  /** Shell commands that remove what a killed server leaves outside of its folder. */
  cleanUp?(folder: string): string;
}

const PATIENCE = 180_000;
const ATTEMPTS = 3;

export async function startOwnServer(recipe: Recipe): Promise<OwnServer> {
  const site = await siteFor(recipe);
  try {
    await recipe.prepare(site.folder, async (command) => hasSucceeded(await site.spawn(command), site.folder));
    const { port, process } = await firstStart(recipe, site);
    return own(recipe, site, port, process);
  } catch (error) {
    await site.remove();
    throw error;
  }
}

/** Where one server lives. */
interface Site {
  readonly folder: string;
  /** Has the process ended and the folder deleted when this process ends. */
  guard(pids: readonly number[]): void;
  spawn(command: Command): ReturnType<typeof spawnCommand>;
  remove(): Promise<void>;
}

async function siteFor({ name, cleanUp }: Recipe): Promise<Site> {
  const folder = await dataFolder(name);
  const lastCommands = cleanUp?.(folder) ?? ":";
  const guardThem = (pids: readonly number[]) => guard(folder, pids, lastCommands);
  guardThem([]);
  return {
    folder,
    guard: guardThem,
    spawn: (command) => spawnCommand(command, folder, (pid) => guardThem([-pid])),
    async remove() {
      await promisify(execFile)("/bin/sh", ["-c", `${lastCommands}; true`]);
      await removeFolder(folder);
      unguard(folder);
    },
  };
}

class EndedEarly extends Error {}

/** Somebody may take the port between its choice and its use. */
async function firstStart(recipe: Recipe, site: Site): Promise<{ port: number; process: Process }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, process: await start(recipe, site, port) };
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof EndedEarly)) throw error;
    }
  }
}

async function start(recipe: Recipe, site: Site, port: number): Promise<Process> {
  const process = superviseProcess(await site.spawn(recipe.command(site.folder, port)));
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const problem = await recipe.probe(port).then(
      () => undefined,
      (error) => error,
    );
    // If it has ended, it was somebody else's server that answered.
    if (process.hasEnded) throw new EndedEarly(`${recipe.name} ended while it started:\n${endOfLog(site.folder)}`);
    if (problem === undefined) return process;
    if (Date.now() > deadline) {
      await process.kill("SIGKILL");
      throw new Error(`${recipe.name} did not answer in ${PATIENCE} ms (${problem}):\n${endOfLog(site.folder)}`);
    }
    await sleep(20);
  }
}

function own(recipe: Recipe, site: Site, port: number, first: Process): OwnServer {
  let process = first;
  const stop = () => process.stop(recipe.stopSignal);
  const dispose = async () => {
    await process.kill("SIGKILL");
    await site.remove();
  };
  return {
    url: recipe.url(port),
    port,
    get pid() {
      return process.pid;
    },
    kill: (signal) => process.kill(signal),
    async freeze() {
      site.guard([-process.pid, ...(await process.freeze())]);
    },
    async thaw() {
      process.thaw();
      site.guard([-process.pid]);
    },
    stop,
    async restart() {
      await stop();
      process = await start(recipe, site, port);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
