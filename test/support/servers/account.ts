import { readFileSync } from "node:fs";

/** PostgreSQL and MariaDB refuse to run as root: then they run as nobody. Empty where the own account will do. */
export const account: { readonly uid?: number; readonly gid?: number } = process.getuid?.() === 0 ? nobody() : {};

function nobody(): { uid: number; gid: number } {
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync("/etc/passwd", "utf8")) ?? [];
  if (uid === undefined || gid === undefined) throw new Error("/etc/passwd has no account named nobody");
  // macOS writes -2 for 4294967294.
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}
