import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

/** Serves the files of a folder as a plain web server does. Returns its origin. */
export async function serveFolder(folder: string): Promise<{ origin: string; close: () => void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = decodeURI(pathname).replace(/\/$/, "/index.html");
    const body = await readFile(join(folder, path)).catch(() => undefined);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader("content-type", types[extname(path)] ?? "text/plain");
    response.end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, close: () => void server.close().closeAllConnections() };
}
