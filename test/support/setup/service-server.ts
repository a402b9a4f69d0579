import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Missing, Service, Started } from "./service.ts";

/** Starts services when a test first asks for them, and tells where they are. */
export interface ServiceServer extends AsyncDisposable {
  readonly url: string;
  /** Stops every service that was started. */
  close(): Promise<void>;
}

/**
 * Tests run in processes of their own and share the services, so they ask for them over HTTP: `GET /redis` gives
 * `{ value }` or `{ missing }`.
 */
export async function startServiceServer(
  services: Readonly<Record<string, Service>>,
  log: (line: string) => void,
): Promise<ServiceServer> {
  const started = new Map<string, Promise<Started<unknown> | Missing>>();

  const start = async (name: string): Promise<Started<unknown> | Missing> => {
    const result = await services[name]!.start().catch((error): Missing => ({ missing: `${error}` }));
    log(`${name}: ${"value" in result ? result.note : `missing, ${result.missing}`}`);
    return result;
  };
  const find = (name: string): Promise<Started<unknown> | Missing> => {
    const known = started.get(name) ?? start(name);
    started.set(name, known);
    return known;
  };

  const server = createServer(async (request, response) => {
    // A busy test would write its next request into a connection that was idle for too long, and was closed.
    response.setHeader("connection", "close");
    const name = request.url!.slice(1);
    const result = Object.hasOwn(services, name) ? await find(name) : { missing: `There is no service ${name}.` };
    response.end(JSON.stringify("value" in result ? { value: result.value } : result));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    const results = await Promise.all(started.values());
    await Promise.all(results.map((result) => "stop" in result && result.stop?.()));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close };
}
