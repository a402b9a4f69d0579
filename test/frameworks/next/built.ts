import { execFile } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import next from "next";

const cli = fileURLToPath(new URL("node_modules/next/dist/bin/next", import.meta.url));

process.env.NEXT_TELEMETRY_DISABLED = "1";

/** Builds an application, and gives the request handler of its production server. */
export async function built(folder: URL): Promise<(req: IncomingMessage, res: ServerResponse) => Promise<void>> {
  const dir = fileURLToPath(folder);
  await promisify(execFile)(process.execPath, [cli, "build"], { cwd: dir });
  const app = next({ dev: false, dir, quiet: true });
  await app.prepare();
  return app.getRequestHandler();
}
