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

/** The file system calls that the store needs. Each is one step; other processes may act between any two. */
export interface Files {
  list(path: string): Promise<string[]>;
  /** Lists a directory that may be very large, a few names at a time. Names added or removed during the walk may be missed. */
  walk(path: string): Promise<AsyncIterable<string>>;
  read(path: string): Promise<Buffer>;
  /** Writes a file that must not exist yet, and syncs its content. */
  write(path: string, content?: Buffer): Promise<void>;
  /** Renames a file or directory. Of several concurrent callers exactly one succeeds. */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  /** Removes an empty directory; fails for any other. */
  removeDirectory(path: string): Promise<void>;
  openDirectory(path: string): Promise<OpenDirectory>;
  /** Returns when a file or directory was last written or renamed, in epoch milliseconds of the host's clock. */
  changedAt(path: string): Promise<number>;
}

export interface OpenDirectory {
  /** Makes earlier additions, renames and removals of names durable. */
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
/** Windows cannot sync directories. */
const noSync: OpenDirectory = { sync: async () => {}, close: async () => {} };
const walkBatchSize = 256;
/** Most sessions fit into one read. */
const chunkSize = 16_384;

/** The operating system's file system, called asynchronously. */
export const disk: Files = {
  list: (path) => promised.readdir(path),
  walk: async (path) => namesOf(await promised.opendir(path, { bufferSize: walkBatchSize })),

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

  move: (from, to) => retryOnWindows(() => promised.rename(from, to)),
  remove: (path) => retryOnWindows(() => promised.unlink(path)),
  removeDirectory: (path) => retryOnWindows(() => promised.rmdir(path)),

  async makeDirectory(path) {
    await promised.mkdir(path, 0o700);
  },

  async openDirectory(path) {
    if (isWindows) return noSync;
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

/** On Windows a file that another process has open, such as a virus scanner, cannot be renamed or removed for a moment. */
async function retryOnWindows(act: () => Promise<void>): Promise<void> {
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

/** Awaits work. Returns `undefined` if it fails with one of the codes. */
export async function unless<T>(codes: readonly string[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
