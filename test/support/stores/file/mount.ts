import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { onTestFinished } from "vitest";

const run = (...[command, ...args]: [string, ...string[]]): string | undefined => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr).trim() || `${command} ended with ${status}`;
};

/** A file system of the test's own. */
export interface Mount {
  readonly path: string;
  makeReadOnly(): void;
  makeWritable(): void;
}

/** A file system in memory that holds so many bytes. */
export function mountSmall(path: string, size: number): Mount {
  mkdirSync(path);
  const must = (...command: [string, ...string[]]): void => {
    const failure = run(...command);
    if (failure !== undefined) throw new Error(failure);
  };
  must("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path);
  onTestFinished(() => must("umount", "--lazy", path));
  return {
    path,
    makeReadOnly: () => must("mount", "-o", "remount,ro", path),
    makeWritable: () => must("mount", "-o", "remount,rw", path),
  };
}

/** Why file systems cannot be mounted here, if they cannot. */
export function unmountable(path: string): string | undefined {
  if (process.platform !== "linux") return "only on Linux";
  mkdirSync(path);
  const failure = run("mount", "-t", "tmpfs", "-o", "size=65536", "tmpfs", path);
  if (failure === undefined) run("umount", path);
  return failure;
}
