import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder of the test file's own, in memory where that is possible: only what is about disks needs one. */
export function testFolder(name: string): () => string {
  const folder = mkdtempSync(join(fastDisk(), `coatcheck-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => join(folder, randomBytes(6).toString("hex"));
}

function fastDisk(): string {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    if (bavail * bsize > 2 ** 28) return "/dev/shm";
  } catch {
    // Not a Linux.
  }
  return tmpdir();
}
