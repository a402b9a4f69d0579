import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpacked } from "../servers/find.ts";

export const isRoot: boolean = process.getuid?.() === 0;
export const isDebian: boolean = existsSync("/usr/bin/apt-get");

const asked = new Map<string, Promise<void>>();

/** Installs Debian packages, or unpacks them and what they need where the right to install is missing. */
export function obtainPackages(names: readonly string[]): Promise<void> {
  const key = names.join(" ");
  const obtained = asked.get(key) ?? (isRoot ? install(names) : unpack(names, unpacked));
  asked.set(key, obtained);
  return obtained;
}

let turn: Promise<unknown> | undefined;

/** One `apt-get update` for all, then each in turn, so that a package that cannot be had does no harm to the others. */
function install(names: readonly string[]): Promise<void> {
  // Somebody else's apt-get may be at work too.
  const patience = ["-o", "DPkg::Lock::Timeout=120"];
  turn ??= aptGet(...patience, "update").catch(() => {});
  const installed = turn.then(() => aptGet(...patience, "install", "-y", "--no-install-recommends", ...names));
  turn = installed.catch(() => {});
  return installed;
}

/** Into a folder of their own below `place`, together with all they need that is not installed on this machine. */
export async function unpack(names: readonly string[], place: string): Promise<void> {
  await mkdir(place, { recursive: true });
  // On the same disk as its goal, so that it appears there whole or not at all.
  const scratch = await mkdtemp(`${place}-`);
  const [lists, archives, tree] = [join(scratch, "lists"), join(scratch, "archives"), join(scratch, "tree")];
  const settings = [`Dir::State::lists=${lists}`, `Dir::Cache=${scratch}`, `Dir::Cache::archives=${archives}`];
  const options = [...settings, "Debug::NoLocking=1"].flatMap((setting) => ["-o", setting]);
  try {
    await mkdir(join(lists, "partial"), { recursive: true });
    await mkdir(join(archives, "partial"), { recursive: true });
    await aptGet(...options, "update");
    // Without "reinstall", what is installed already would not be had at all.
    const wanted = ["--download-only", "--no-install-recommends", "--reinstall", ...names];
    await aptGet(...options, "install", "-y", ...wanted);
    for (const file of await readdir(archives)) {
      if (file.endsWith(".deb")) await run("dpkg", ["-x", join(archives, file), tree]);
    }
    await rename(tree, join(place, names.join("+"))).catch(ignoreExisting);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const aptGet = (...args: string[]): Promise<void> => run("apt-get", ["-q", ...args]);

async function run(file: string, args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  try {
    await promisify(execFile)(file, args, { env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`${file} failed: ${stderr?.trim().split("\n").slice(-3).join(" ") || error}`);
  }
}

/** Another run was quicker. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
}
