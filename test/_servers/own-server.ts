import { setTimeout as sleep } from "node:timers/promises";
import { dataFolder, removeFolder } from "./folder.ts";
import { guard, unguard } from "./guardian.ts";
import { freePort } from "./port.ts";
import { type Command, type Process, startProcess } from "./process.ts";

/** A database server of a test's own, on 127.0.0.1, to kill, freeze and restart. It ends with the process that started it, however that ends. */
export interface OwnServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Sends the signal and resolves when the process is gone; SIGKILL takes all its child processes too, like a power cut. */
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
  prepare(folder: string): Promise<void>;
  command(folder: string, port: number): Command | Promise<Command>;
  /** Throws as long as the server does not answer. */
  probe(port: number): Promise<void>;
}

const PATIENCE = 60_000;
const ATTEMPTS = 3;

export async function startOwnServer(recipe: Recipe): Promise<OwnServer> {
  const folder = await dataFolder(recipe.name);
  guard(folder, { folder, pids: [] });
  try {
    await recipe.prepare(folder);
    const { port, running } = await firstStart(recipe, folder);
    return own(recipe, folder, port, running);
  } catch (error) {
    await removeFolder(folder);
    unguard(folder);
    throw error;
  }
}

/** Somebody may take the port between its choice and its use. */
async function firstStart(recipe: Recipe, folder: string): Promise<{ port: number; running: Process }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return { port, running: await start(recipe, folder, port) };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(recipe: Recipe, folder: string, port: number): Promise<Process> {
  const running = await startProcess(await recipe.command(folder, port), folder);
  guard(folder, { folder, pids: [running.pid] });
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    try {
      await recipe.probe(port);
      // Otherwise it was somebody else's server that answered.
      if (!running.hasEnded) return running;
    } catch (error) {
      if (Date.now() > deadline) {
        await running.kill("SIGKILL");
        throw new Error(`${recipe.name} did not answer in ${PATIENCE} ms (${error}):\n${running.log()}`);
      }
    }
    if (running.hasEnded) throw new Error(`${recipe.name} ended while it started:\n${running.log()}`);
    await sleep(20);
  }
}

function own(recipe: Recipe, folder: string, port: number, first: Process): OwnServer {
  let running = first;
  const stop = () => running.stop(recipe.stopSignal);
  const dispose = async () => {
    await running.kill("SIGKILL");
    await removeFolder(folder);
    unguard(folder);
  };
  return {
    url: recipe.url(port),
    port,
    get pid() {
      return running.pid;
    },
    kill: (signal) => running.kill(signal),
    async freeze() {
      const pids = await running.freeze();
      guard(folder, { folder, pids });
    },
    thaw: () => running.thaw(),
    stop,
    async restart() {
      await stop();
      running = await start(recipe, folder, port);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}
