import { isId, parseToken } from "../core/record/token.ts";
import { misuse } from "./stop.ts";

/** Checks the id of a session that was given as an argument. @throws Stop */
export function checkId(id: string): void {
  if (parseToken(id)) {
    throw misuse(
      'That is the token of a session, a secret, which is now in the history of your shell. Nothing was done. Its id is the part before the dot: end the session with "coatcheck revoke" and that.',
    );
  }
  if (!isId(id))
    throw misuse('That is no id of a session: 16 to 128 letters, digits, "-" and "_". "coatcheck list" shows them.');
}
