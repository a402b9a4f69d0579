import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "coatcheck/stores/open";
import connectPgSimple from "connect-pg-simple";
import { RedisStore } from "connect-redis";
import MySQLStore from "express-mysql-session";
import session from "express-session";
import pg from "pg";
import { createClient } from "redis";
import FileStore from "session-file-store";
import { ours } from "./ours.ts";
import { peer } from "./peer.ts";
import type { Servers } from "./servers.ts";
import type { Subject } from "./subject.ts";

export interface Pair {
  /** What is asked, such as "PostgreSQL 15.18". */
  readonly backend: string;
  /** The server's URL; undefined where there is none. */
  readonly url: string | undefined;
  /** In an empty place, named `place` where it is on a server. */
  open(url: string | undefined, place: string): Promise<Subject[]>;
}

const unref = { pruneSessionInterval: false, createTableIfMissing: true } as const;

/** Ours first, then the store of express-session that its users take there. */
export function lineup(servers: Servers): Pair[] {
  return [
    { backend: "memory", url: undefined, open: async () => [ours(await openStore("memory:?maxSessions=10000000"))] },
    {
      backend: "file",
      url: undefined,
      async open() {
        const [own, theirs] = [temporaryFolder(), temporaryFolder()];
        const store = new (FileStore(session))({ path: theirs.path, reapInterval: -1, logFn: () => undefined });
        const subjects = [
          ours(await openStore(`file:${own.path}`)),
          peer("session-file-store", store, () => undefined),
        ];
        return [own, theirs].map((folder, index) => withFolder(subjects[index]!, folder));
      },
    },
    {
      backend: "SQLite",
      url: undefined,
      async open() {
        const folder = temporaryFolder();
        return [withFolder(ours(await openStore(`sqlite:${join(folder.path, "sessions.db")}`)), folder)];
      },
    },
    {
      ...servers.postgres,
      async open(url = "", place) {
        const pool = new pg.Pool({ connectionString: url });
        const store = new (connectPgSimple(session))({ pool, ...unref });
        return [ours(await openStore(`${url}?table=${place}`)), peer("connect-pg-simple", store, () => pool.end())];
      },
    },
    {
      ...servers.mysql,
      async open(url = "", place) {
        const { hostname, port, username, pathname } = new URL(url);
        const address = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) };
        const store = new (MySQLStore(session))({ ...address, connectionLimit: 10, clearExpired: false });
        await store.onReady();
        return [
          ours(await openStore(`${url}?table=${place}`)),
          peer("express-mysql-session", store, () => store.close()),
        ];
      },
    },
    {
      ...servers.redis,
      async open(url = "", place) {
        const client = createClient({ url });
        await client.connect();
        const own = await openStore(`${url}?prefix=${place}:`);
        return [ours(own), peer("connect-redis", new RedisStore({ client }), () => client.close())];
      },
    },
    {
      ...servers.mongodb,
      async open(url = "", place) {
        const { default: MongoStore } = await import("connect-mongo");
        const store = MongoStore.create({ mongoUrl: url, autoRemove: "disabled" });
        const own = await openStore(`${url}&collection=${place}`);
        return [ours(own), peer("connect-mongo", store, () => store.close())];
      },
    },
  ];
}

interface Folder {
  readonly path: string;
  remove(): void;
}

/** @param parent a RAM disk where a hundred thousand sessions are to be made */
export function temporaryFolder(parent: string = tmpdir()): Folder {
  const path = mkdtempSync(join(parent, "coatcheck-bench-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const ramDisk = (): string => (existsSync("/dev/shm") ? "/dev/shm" : tmpdir());

function withFolder(subject: Subject, folder: Folder): Subject {
  return {
    ...subject,
    async close() {
      await subject.close();
      folder.remove();
    },
  };
}
