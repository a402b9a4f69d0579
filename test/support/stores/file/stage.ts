import { join } from "node:path";
import { makeDirectories } from "../../../../src/stores/file/directories.ts";
import { disk, type Files } from "../../../../src/stores/file/filesystem.ts";
import type { Root } from "../../../../src/stores/file/root.ts";
import { fileStoreIn } from "../../../../src/stores/file/store.ts";
import type { SessionStore } from "../../../../src/types/store.ts";

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
    walk: wrap("walk", files.walk),
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

/** A piece of work whose calls of the file system wait until they are told to go on. */
export class Actor {
  isDone = false;
  readonly files: Files;
  readonly #work: (files: Files) => Promise<void>;
  readonly #waiting: (() => void)[] = [];
  #hasBegun = false;
  #notice: () => void = () => {};
  #failure: unknown;

  constructor(work: (files: Files) => Promise<void>) {
    this.#work = work;
    this.files = before(disk, () => {
      return new Promise((resolve) => {
        this.#waiting.push(resolve);
        this.#notice();
      });
    });
  }

  /** Lets it do one call and go on to the next. */
  async step(): Promise<void> {
    if (this.isDone) return;
    const noticed = new Promise<void>((resolve) => {
      this.#notice = resolve;
    });
    if (this.#hasBegun) this.#waiting.shift()?.();
    else this.#begin();
    if (this.#waiting.length === 0 && !this.isDone) await noticed;
    if (this.#failure) throw this.#failure;
  }

  async finish(): Promise<void> {
    while (!this.isDone) await this.step();
  }

  #begin(): void {
    this.#hasBegun = true;
    const done = (): void => {
      this.isDone = true;
      this.#notice();
    };
    this.#work(this.files).then(done, (error: unknown) => {
      this.#failure = error;
      done();
    });
  }
}
