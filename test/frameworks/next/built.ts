import { execFile } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import next from "next";

const dir = fileURLToPath(new URL(".", import.meta.url));
const cli = fileURLToPath(new URL("node_modules/next/dist/bin/next", import.meta.url));

process.env.NEXT_TELEMETRY_DISABLED = "1";

/** Builds the application of this folder, and gives the request handler of its production server. */
export async function built(): Promise<(req: IncomingMessage, res: ServerResponse) => Promise<void>> {
  await promisify(execFile)(process.execPath, [cli, "build"], { cwd: dir });
  const app = next({ dev: false, dir, quiet: true });
  await app.prepare();
  return app.getRequestHandler();
}
