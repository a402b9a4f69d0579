// One server under test, alone in its process. Arguments: the module of the variant, the size of its sessions, and how
// they are kept.
import { answerQuestions } from "../child.ts";
import type { Size } from "../data.ts";
import { Profiler } from "../profile/profiler.ts";
import type { Kept, Start } from "./variants/variant.ts";

export type ServerQuestion = "port" | "cpu" | "start profile" | "stop profile";

const [, , module = "", size, kept] = process.argv;
const { start }: { start: Start } = await import(module);
const { port } = await start(size as Size, kept as Kept);
const profiler = new Profiler();

/** Microseconds of processor time that this process has used, all its threads together. */
function usedCpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

answerQuestions((question: ServerQuestion) => {
  switch (question) {
    case "port":
      return port;
    case "cpu":
      return usedCpu();
    case "start profile":
      return profiler.start();
    case "stop profile":
      return profiler.stop();
  }
});
