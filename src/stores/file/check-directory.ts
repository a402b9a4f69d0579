import { stat } from "node:fs/promises";
import { invalidOption } from "../../types/errors.ts";

const writableByOthers = 0o022;

/** Whoever can write in the directory can put sessions there. @throws SessionError INVALID_OPTION */
export async function checkDirectory(path: string): Promise<void> {
  const found = await stat(path);
  if (!found.isDirectory()) throw invalidOption(`The session directory "${path}" is not a directory.`);
  if (process.platform !== "win32" && (found.mode & writableByOthers) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    throw invalidOption(
      `Others may write in the session directory "${path}" (its mode is ${mode}), and could sign themselves in. Run: chmod 700 "${path}"`,
    );
  }
}
