import { createClient } from "redis";

/** Sends one command over a connection of its own. */
export async function commandRedis(port: number, ...command: string[]): Promise<unknown> {
  const client = createClient({
    socket: { host: "127.0.0.1", port, connectTimeout: 2000, reconnectStrategy: false },
    disableClientInfo: true,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}
