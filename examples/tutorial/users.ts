import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of what must outlive a restart. The test in step 7 takes another one. */
export const dataFolder = process.env.DATA ?? "data";
const file = join(dataFolder, "users.json");

/** Stands for your table of users: each name with the hash of its password. */
const hashes = new Map<string, string>(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);

export const hashOf = (name: string): string | undefined => hashes.get(name);

export function saveUser(name: string, hash: string): void {
  hashes.set(name, hash);
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(file, JSON.stringify([...hashes], null, 2), { mode: 0o600 });
}
