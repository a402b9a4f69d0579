import { findProgram, libraryPath } from "./find.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { commandRedis } from "./redis-command.ts";

export interface RedisOptions {
  /** More arguments of `redis-server`, such as `["--maxmemory", "4mb"]`. */
  readonly args?: readonly string[];
}

export const findRedis = (): string | undefined => findProgram("redis-server") ?? findProgram("valkey-server");

/** A Redis or Valkey server of its own; when it is killed, it keeps all that was acknowledged. */
export async function startRedis(options: RedisOptions = {}): Promise<OwnServer> {
  const file = findRedis();
  if (file === undefined) throw new Error("There is no redis-server on this machine. Install Redis or Valkey.");
  return startOwnServer({
    name: "redis",
    stopSignal: "SIGTERM",
    url: (port) => `redis://127.0.0.1:${port}`,
    prepare: async () => {},
    command: (folder, port) => ({
      file,
      args: [
        ...["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", ""],
        // Each write is handed to the OS before its reply is sent, so a killed process loses nothing; nothing waits for the disk.
        ...["--appendonly", "yes", "--appendfsync", "no"],
        ...(options.args ?? []),
      ],
      env: libraryPath(file),
    }),
    probe: async (port) => void (await commandRedis(port, "PING")),
  });
}
