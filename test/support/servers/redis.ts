import { findProgram, libraryPath, programFolders } from "./find.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { commandRedis } from "./redis-command.ts";

export interface RedisOptions {
  /** More arguments of `redis-server`, such as `["--maxmemory", "4mb"]`. */
  readonly args?: readonly string[];
  /** Another program than that of `findRedis`. */
  readonly program?: string | undefined;
}

export const findRedis = (folders: readonly string[] = programFolders()): string | undefined =>
  findProgram("redis-server", folders) ?? findProgram("valkey-server", folders);

/** A Redis or Valkey server of its own; when it is killed, it keeps all that was acknowledged. */
export function startRedis({ args = [], program }: RedisOptions = {}): Promise<OwnServer> {
  return startRedisWith(() => args, program);
}

export async function startRedisWith(
  args: (port: number) => readonly string[],
  program: string | undefined = findRedis(),
): Promise<OwnServer> {
  if (program === undefined) throw new Error("There is no redis-server on this machine. Install Redis or Valkey.");
  return startOwnServer({
    name: "redis",
    stopSignal: "SIGTERM",
    url: (port) => `redis://127.0.0.1:${port}`,
    prepare: async () => {},
    command: (folder, port) => ({
      file: program,
      args: [
        ...["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", ""],
        // Each write is handed to the OS before its reply is sent, so a killed process loses nothing; nothing waits for the disk.
        ...["--appendonly", "yes", "--appendfsync", "no"],
        ...args(port),
      ],
      env: libraryPath(program),
    }),
    probe: async (port) => void (await commandRedis(port, "PING")),
  });
}
