import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeDirectories } from "../../../../src/stores/file/directories.ts";
import { type Files, hasCode, unless } from "../../../../src/stores/file/filesystem.ts";

export type Fault = (files: Files) => Files;

export type FaultName =
  | "a new head is written beside the old one"
  | "a head that is gone is made again"
  | "whatever head there is is ended"
  | "a new session takes the place of another"
  | "a directory is removed with all that is in it"
  | "a body is removed before its head has moved on"
  | "the user's list is written afterwards"
  | "a head that was seen is taken to be there still";

/** What a change of the store could bring in, done to the file system below it. */
export const faults: Readonly<Record<FaultName, Fault>> = {
  "a new head is written beside the old one": (files) => ({
    ...files,
    async move(from, to) {
      if (!isHead(to)) return files.move(from, to);
      await files.write(to);
      await unless(["ENOENT"], files.remove(from));
    },
  }),

  "a head that is gone is made again": (files) => ({
    ...files,
    async move(from, to) {
      try {
        await files.move(from, to);
      } catch (error) {
        if (!isHead(to) || !hasCode(error, "ENOENT")) throw error;
        await makeDirectories(files, dirname(to));
        await files.write(to);
      }
    },
    async write(path, content) {
      if (isBody(path)) await makeDirectories(files, dirname(path));
      await files.write(path, content);
    },
  }),

  "whatever head there is is ended": (files) => ({
    ...files,
    async move(from, to) {
      const place = dirname(from);
      const head = /\/over\./.test(to) && (await files.list(place)).find((name) => name.startsWith("head."));
      await files.move(head ? join(place, head) : from, to);
    },
  }),

  "a new session takes the place of another": (files) => ({
    ...files,
    async move(from, to) {
      if (/\/moving\/new\.[^/]*$/.test(from)) await rm(to, { recursive: true, force: true });
      await files.move(from, to);
    },
  }),

  "a directory is removed with all that is in it": (files) => ({
    ...files,
    removeDirectory: (path) => rm(path, { recursive: true, force: true }),
  }),

  "a body is removed before its head has moved on": (files) => ({
    ...files,
    async move(from, to) {
      const body = from.slice(from.lastIndexOf(".") + 1);
      if (isHead(to) && !to.endsWith(body)) await unless(["ENOENT"], files.remove(join(dirname(from), `body.${body}`)));
      await files.move(from, to);
    },
  }),

  "the user's list is written afterwards": (files) => {
    const later: string[] = [];
    return {
      ...files,
      async write(path, content) {
        if (/\/users\//.test(path)) later.push(path);
        else await files.write(path, content);
      },
      async openDirectory(path) {
        if (!/\/users\//.test(path)) return files.openDirectory(path);
        return { sync: async () => {}, close: async () => {} };
      },
      async remove(path) {
        for (const late of later.splice(0)) {
          await makeDirectories(files, dirname(late));
          await files.write(late);
        }
        await files.remove(path);
      },
    };
  },

  "a head that was seen is taken to be there still": (files) => ({
    ...files,
    changedAt: async (path) => (isHead(path) ? 0 : files.changedAt(path)),
  }),
};

const isHead = (path: string): boolean => /\/head\.[^/]*$/.test(path);
const isBody = (path: string): boolean => /\/body\.[^/]*$/.test(path);
