import { createClient } from "redis";

/** Sends one command over a connection of its own. */
export async function sendRedis(url: string, ...command: string[]): Promise<unknown> {
  const client = createClient({ url, socket: { connectTimeout: 60_000, reconnectStrategy: false } });
  client.on("error", () => {});
  await client.connect();
  try {
    return await client.sendCommand(command);
  } finally {
    client.destroy();
  }
}

export const commandRedis = (port: number, ...command: string[]): Promise<unknown> =>
  sendRedis(`redis://127.0.0.1:${port}`, ...command);
