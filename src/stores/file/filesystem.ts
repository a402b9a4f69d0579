import {
  close,
  type Dir,
  fsync,
  mkdir,
  open,
  opendir,
  read,
  readdir,
  rename,
  rmdir,
  stat,
  unlink,
  write,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** What the file store asks of a file system. Each call is one step that another process may come before or after. */
export interface Files {
  /** The names in a directory. */
  list(path: string): Promise<string[]>;
  /** The names in a directory that may hold very many, a few at a time. What comes or goes meanwhile is among them or not. */
  walk(path: string): Promise<AsyncIterable<string>>;
  read(path: string): Promise<Buffer>;
  /** Writes a file that must not exist yet. What it holds has reached the disk afterwards. */
  write(path: string, content?: Buffer): Promise<void>;
  /** Takes a file or directory to another name; of several that try, one succeeds. */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  /** Only an empty one. */
  removeDirectory(path: string): Promise<void>;
  openDirectory(path: string): Promise<OpenDirectory>;
  /** When a file or directory was last written to or moved: epoch milliseconds of the host's clock. */
  changedAt(path: string): Promise<number>;
}

export interface OpenDirectory {
  /** Names that were added, moved or removed before have reached the disk afterwards. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const promised = {
  close: promisify(close),
  fsync: promisify(fsync),
  mkdir: promisify(mkdir),
  open: promisify(open),
  opendir: promisify(opendir),
  read: promisify(read),
  readdir: promisify(readdir),
  rename: promisify(rename),
  rmdir: promisify(rmdir),
  stat: promisify(stat),
  unlink: promisify(unlink),
  write: promisify(write),
};

const isWindows = process.platform === "win32";
/** Windows cannot open a directory to bring it to the disk. */
const unsynced: OpenDirectory = { sync: async () => {}, close: async () => {} };
const namesAtOnce = 256;
/** Most sessions fit into one read. */
const chunkSize = 16_384;

/** The real one. It never waits in the event loop. */
export const disk: Files = {
  list: (path) => promised.readdir(path),
  walk: async (path) => namesOf(await promised.opendir(path, { bufferSize: namesAtOnce })),

  async read(path) {
    const file = await promised.open(path, "r");
    try {
      const chunks: Buffer[] = [];
      for (;;) {
        const chunk = Buffer.allocUnsafe(chunks.length === 0 ? chunkSize : 16 * chunkSize);
        const { bytesRead } = await promised.read(file, chunk, 0, chunk.length, null);
        chunks.push(chunk.subarray(0, bytesRead));
        if (bytesRead < chunk.length) return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      }
    } finally {
      await promised.close(file);
    }
  },

  async write(path, content) {
    const file = await promised.open(path, "wx", 0o600);
    try {
      if (!content) return;
      for (let written = 0; written < content.length; ) {
        written += (await promised.write(file, content, written, content.length - written, null)).bytesWritten;
      }
      await promised.fsync(file);
    } finally {
      await promised.close(file);
    }
  },

  move: (from, to) => patiently(() => promised.rename(from, to)),
  remove: (path) => patiently(() => promised.unlink(path)),
  removeDirectory: (path) => patiently(() => promised.rmdir(path)),

  async makeDirectory(path) {
    await promised.mkdir(path, 0o700);
  },

  async openDirectory(path) {
    if (isWindows) return unsynced;
    const directory = await promised.open(path, "r");
    return { sync: () => promised.fsync(directory), close: () => promised.close(directory) };
  },

  async changedAt(path) {
    return (await promised.stat(path)).ctimeMs;
  },
};

/** Closes the directory when the loop over it ends. */
async function* namesOf(directory: Dir): AsyncGenerator<string> {
  for await (const { name } of directory) yield name;
}

/** On Windows a file that anybody has open, a virus scanner for instance, can be neither moved nor removed for a moment. */
async function patiently(act: () => Promise<void>): Promise<void> {
  for (let wait = 5; isWindows && wait < 200; wait *= 2) {
    try {
      return await act();
    } catch (error) {
      if (!hasCode(error, "EPERM", "EBUSY", "EACCES")) throw error;
    }
    await sleep(wait);
  }
  return act();
}

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes(String((error as NodeJS.ErrnoException | undefined)?.code));

/** Waits for work that may fail for the reasons named; `undefined` if it did. */
export async function unless<T>(codes: readonly string[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
