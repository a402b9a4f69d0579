import { fileURLToPath } from "node:url";
import { invalidOption } from "../../types/errors.ts";

/** Returns the path in `./app.db`, `/var/app.db` or, as in other URLs, `///var/app.db`. */
export function pathOf(place: string): string {
  if (!place.startsWith("//")) return decoded(place);
  try {
    return fileURLToPath(`file:${place.replaceAll("#", "%23")}`);
  } catch {
    throw invalidOption("Two slashes begin a host name. A path is written as ./app.db, /var/app.db or ///var/app.db.");
  }
}

/** @throws SessionError INVALID_OPTION */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidOption(
      'The URL of the store has a "%" that is not followed by two hexadecimal digits; write it as %25.',
    );
  }
}
