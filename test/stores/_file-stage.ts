import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import type { SessionStore } from "../../src/core/store.ts";
import { makeDirectories } from "../../src/stores/_file-directories.ts";
import { disk, type Files } from "../../src/stores/_file-disk.ts";
import type { Root } from "../../src/stores/_file-root.ts";
import { fileStoreIn } from "../../src/stores/_file-store.ts";

/** A file store over a file system that a test has its hands on. */
export function storeOver(files: Files, path: string): { readonly store: SessionStore; readonly root: Root } {
  const root = { files, path, moving: join(path, "moving") };
  return { root, store: fileStoreIn(root, () => makeDirectories(disk, root.moving)) };
}

/** Does something before each call of a file system. */
export function before(files: Files, act: (name: keyof Files, path: string) => Promise<void>): Files {
  const wrap =
    <More extends unknown[], Result>(name: keyof Files, work: (path: string, ...more: More) => Promise<Result>) =>
    async (path: string, ...more: More): Promise<Result> => {
      await act(name, path);
      return work(path, ...more);
    };
  return {
    list: wrap("list", files.list),
    read: wrap("read", files.read),
    write: wrap("write", files.write),
    move: wrap("move", files.move),
    remove: wrap("remove", files.remove),
    makeDirectory: wrap("makeDirectory", files.makeDirectory),
    removeDirectory: wrap("removeDirectory", files.removeDirectory),
    openDirectory: wrap("openDirectory", files.openDirectory),
    changedAt: wrap("changedAt", files.changedAt),
  };
}

type Resume = () => void;

/** Runs several pieces of work on one file system, one call of one of them at a time, in the order that the test says. */
export class Stage {
  readonly files: Files;
  readonly #actor = new AsyncLocalStorage<Actor>();

  constructor(files: Files) {
    this.files = before(files, async () => this.#actor.getStore()?.stop());
  }

  enter(work: () => Promise<void>): Actor {
    const actor = new Actor();
    actor.begin = () => this.#actor.run(actor, work);
    return actor;
  }
}

export class Actor {
  isDone = false;
  begin: () => Promise<void> = async () => {};
  readonly #stopped: Resume[] = [];
  #hasBegun = false;
  #noticed: Resume = () => {};
  #failure: unknown;

  /** Lets it do one call and go on to the next. */
  async step(): Promise<void> {
    if (this.isDone) return;
    const noticed = new Promise<void>((resolve) => {
      this.#noticed = resolve;
    });
    if (this.#hasBegun) this.#stopped.shift()?.();
    else this.#start();
    if (this.#stopped.length === 0 && !this.isDone) await noticed;
    if (this.#failure) throw this.#failure;
  }

  async finish(): Promise<void> {
    while (!this.isDone) await this.step();
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopped.push(resolve);
      this.#noticed();
    });
  }

  #start(): void {
    this.#hasBegun = true;
    const done = (): void => {
      this.isDone = true;
      this.#noticed();
    };
    this.begin().then(done, (error: unknown) => {
      this.#failure = error;
      done();
    });
  }
}
