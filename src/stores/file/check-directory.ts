import { stat } from "node:fs/promises";
import { invalidOption } from "../../types/errors.ts";

const writableByOthers = 0o022;

/** Refuses a directory that other users can write to: they could add sessions. @throws SessionError INVALID_OPTION */
export async function checkDirectory(path: string): Promise<void> {
  const found = await stat(path);
  if (!found.isDirectory()) throw invalidOption(`The session directory "${path}" is not a directory.`);
  if (process.platform !== "win32" && (found.mode & writableByOthers) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    throw invalidOption(
      `Other users can write to the session directory "${path}" (its mode is ${mode}), and could sign themselves in. Run: chmod 700 "${path}"`,
    );
  }
}
