import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, libraryPath, programFolders } from "./find.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

export const findNginx = (): string | undefined => findProgram("nginx", programFolders());

export interface NginxOptions {
  readonly program: string;
  /** Directives of the block `http`. */
  readonly http?: string;
  /** Directives of the block `server`. */
  readonly server: string;
}

/** An nginx of a test's own, on 127.0.0.1; all that it keeps is in its folder. */
export function startNginx({ program, http = "", server }: NginxOptions): Promise<OwnServer> {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path temp;`);
  return startOwnServer({
    name: "nginx",
    stopSignal: "SIGTERM",
    url: (port) => `http://127.0.0.1:${port}`,
    prepare: async () => {},
    command: (folder, port) => {
      const block = `${temporary.join(" ")} access_log off; ${http} server { listen 127.0.0.1:${port}; ${server} }`;
      const main = `daemon off; pid nginx.pid; worker_processes 1; error_log stderr;`;
      writeFileSync(join(folder, "nginx.conf"), `${main} events {} http { ${block} }\n`);
      const args = ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"];
      return { file: program, args, env: libraryPath(program) };
    },
    probe: async (port) => void (await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" })),
  });
}
