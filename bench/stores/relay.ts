import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a client and its server, and counts how often the client waits for a reply. */
export interface Relay {
  readonly url: string;
  /** Round trips since the last call. */
  take(): number;
  close(): Promise<void>;
}

export async function startRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let turns = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let isAsking = false;
    // Everything that is sent before a reply arrives is one turn, in however many packets.
    client.on("data", (bytes) => {
      if (!isAsking) turns++;
      isAsking = true;
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      isAsking = false;
      client.write(bytes);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = new URL(target);
  own.hostname = "127.0.0.1";
  own.port = String((server.address() as AddressInfo).port);

  return {
    url: own.href,
    take() {
      const taken = turns;
      turns = 0;
      return taken;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
