import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, portOf } from "../servers/port.ts";
import { type Chosen, type Faults, planFaults } from "./proxy-faults.ts";

/** A server that stands in front of another and does harm on demand, for any protocol over TCP. */
export interface FaultProxy extends Faults, AsyncDisposable {
  /** The target's URL with this proxy's host and port. */
  readonly url: string;
  readonly port: number;
  readonly seed: number;
  /** New connections are refused until `accept`; open ones stay. */
  refuse(): void;
  accept(): Promise<void>;
  /** Resets all open connections. */
  cut(): void;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** For faults with a probability: with the same seed and the same order of requests the same are struck. By default PROXY_SEED, or random. */
  readonly seed?: number | undefined;
}

const defaultPorts: Readonly<Record<string, number>> = {
  "postgres:": 5432,
  "postgresql:": 5432,
  "mysql:": 3306,
  "redis:": 6379,
  "mongodb:": 27017,
};

export async function startProxy(
  target: string | { readonly host: string; readonly port: number },
  options: ProxyOptions = {},
): Promise<FaultProxy> {
  const url = new URL(typeof target === "string" ? target : `tcp://${target.host}:${target.port}`);
  const server = { host: url.hostname, port: Number(url.port || defaultPorts[url.protocol]) };
  const seed = options.seed ?? Number(process.env.PROXY_SEED ?? randomInt(2 ** 31));
  const plan = planFaults(seed);
  const sockets = new Set<Socket>();

  const onConnection = (client: Socket) => {
    track(sockets, client);
    const chosen = plan.chooseForConnection();
    if (chosen !== undefined) {
      chosen.strike();
      client.resume();
      return;
    }
    const upstream = connect({ ...server, allowHalfOpen: true, noDelay: true });
    track(sockets, upstream);
    relay(client, upstream, plan.choose);
  };
  let listener = await listen(onConnection, await freePort());
  const port = portOf(listener);
  url.hostname = "127.0.0.1";
  url.port = `${port}`;

  const refuse = () => void listener.close();
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const close = async () => {
    refuse();
    cut();
  };
  return {
    ...plan,
    url: url.href,
    port,
    seed,
    refuse,
    async accept() {
      if (!listener.listening) listener = await listen(onConnection, port);
    },
    cut,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Bytes from each to the other. Who closes, or breaks off, does so on the other side too. */
function relay(client: Socket, server: Socket, choose: (request: Buffer) => Chosen | undefined): void {
  let state: "open" | "black hole" | "reset" = "open";
  let afterReply: Chosen | undefined;
  let sent: Promise<void> = Promise.resolve();

  const reset = ({ strike }: Chosen) => {
    state = "reset";
    client.resetAndDestroy();
    strike();
  };
  const send = async (request: Buffer, arrival: number) => {
    if (state !== "open") return;
    const chosen = afterReply === undefined ? choose(request) : undefined;
    switch (chosen?.fault.kind) {
      case "delay":
        chosen.strike();
        await sleep(arrival + chosen.fault.ms - Date.now(), undefined, { ref: false });
        break;
      case "drop":
        state = "black hole";
        return chosen.strike();
      case "before":
        server.destroy();
        return reset(chosen);
      case "after":
        afterReply = chosen;
    }
    server.write(request);
  };
  client.on("data", (request: Buffer) => {
    const arrival = Date.now();
    sent = sent.then(() => send(request, arrival));
  });
  server.on("data", (reply: Buffer) => {
    if (state !== "open") return;
    if (afterReply === undefined) client.write(reply);
    else reset(afterReply);
  });

  // In turn, because what the client sent before it left is still on its way.
  const endServer = () => {
    sent = sent.then(() => {
      if (state !== "black hole") server.end();
    });
  };
  client.on("end", endServer).on("close", endServer);
  server.on("end", () => {
    if (state !== "black hole") client.end();
  });
  server.on("error", () => {
    if (state !== "black hole") client.resetAndDestroy();
  });
}

/** Whatever ends a socket, its "close" follows; `relay` tells the other side. */
function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("error", () => {}).on("close", () => sockets.delete(socket));
}

async function listen(onConnection: (client: Socket) => void, port: number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
