import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { programOf } from "../../runtimes/programs.ts";
import type { Apart } from "./apart.ts";

export interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `serve.ts` in the folder of a framework, which builds its application and prints where it listens. */
export async function serveApart({ folder, runtime }: Apart): Promise<Served> {
  const frameworks = fileURLToPath(new URL("../../frameworks/", import.meta.url));
  const child = spawn(programOf(runtime), ["--import", `${frameworks}../../scripts/tsx.js`, "serve.ts"], {
    cwd: frameworks + folder,
    env: { ...process.env, NODE_ENV: "production", VITEST: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const [found] = /^http:\S+$/m.exec(output) ?? [];
        if (found) resolve(found);
      });
    }
    child.on("close", (code) => reject(new Error(`serve.ts of ${folder} ended with ${code}:\n${output}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
