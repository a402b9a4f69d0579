import { randomInt } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

/**
 * A port of 127.0.0.1 that nobody used a moment ago. It lies below the range from which the kernel gives ports to outgoing connections, so that
 * a server that was stopped finds it free again, and no client that tries to reconnect meanwhile can be connected to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 26_000);
    if (await isFree(port)) return port;
  }
}

/** For servers that need two: the second port of the server that has this one. */
export const secondPort = (port: number): number => port + 6000;

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
