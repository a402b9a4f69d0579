import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

const script = `
  const Database = require("libsql");
  const database = new Database(process.argv[1]);
  database.exec(process.argv[2]);
  process.stdout.write("held");
  process.stdin.on("data", () => { database.exec("ROLLBACK"); process.exit(); });
`;

/** Another process that has a transaction open on a file until it is told to let go. */
export async function holdLock(
  path: string,
  begin: "BEGIN IMMEDIATE" | "BEGIN EXCLUSIVE",
): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ["-e", script, path, begin], { stdio: ["pipe", "pipe", "inherit"] });
  const over = once(child, "exit");
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return async () => {
    child.stdin.write("now");
    await over;
  };
}
