// Packages without types, as far as they are used here.

declare module "express-mysql-session" {
  import type { Store } from "express-session";

  interface Options {
    host: string;
    port: number;
    user: string;
    database: string;
    connectionLimit: number;
    clearExpired: boolean;
  }
  type MySQLStore = new (options: Options) => Store & { onReady(): Promise<void>; close(): Promise<void> };
  export default function make(session: { Store: typeof Store }): MySQLStore;
}

declare module "session-file-store" {
  import type { Store } from "express-session";

  type FileStore = new (options: { path: string; reapInterval: number; logFn: () => void }) => Store;
  export default function make(session: unknown): FileStore;
}
