import type { Flow } from "../language/flow.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { isEarlier, type Occasion, occasion } from "../runtime/order.ts";
import type { Login } from "../state/change.ts";
import type { Notes } from "./notes.ts";

/** One `revokeAll` of a user. */
interface Revocation extends Occasion {
  /** The id of the session that it kept. */
  readonly except?: string | undefined;
}

/** How long a revocation is noted: longer than a request that calls `login()` takes. In milliseconds. */
const noted = 86_400_000;
/** So many are noted. Earlier ones are replaced by one without an exception. */
const maxNoted = 8;

/**
 * Lets `revokeAll` also end sessions that are being made. It first notes for the user that it happens, then it ends the
 * sessions that it finds. A login first makes its session, then it looks for a note. So either the session was there to
 * be found, or the login finds the note.
 */
export class Revocations {
  readonly #context: ManagerContext;
  readonly #notes: Notes;

  constructor(context: ManagerContext, notes: Notes) {
    this.#context = context;
    this.#notes = notes;
  }

  /** Notes that everything that was begun for this user ends, except one session. @throws SessionError */
  *note(userId: string, except: string | undefined): Flow<void> {
    const now = this.#context.clock.now();
    const own: Revocation = { ...occasion(now), except };
    yield* this.#notes.write<readonly Revocation[]>(nameFor(userId), now + noted, (earlier = []) => {
      // One without an exception includes those before it.
      const before = earlier.filter((one) => except !== undefined || !isEarlier(one, own));
      const [first, ...rest] = before.slice(1 - maxNoted);
      const all = before.length >= maxNoted && first ? [{ ...first, except: undefined }, ...rest] : before;
      return [...all, own];
    });
  }

  /** Whether a user's sessions were revoked after this login began, and its session is not one that was kept. */
  *include(login: Login, id: string, end: number): Flow<boolean> {
    const all = yield* this.#notes.read<readonly Revocation[]>(nameFor(login.userId), end);
    return (all ?? []).some((one) => one.except !== id && isEarlier(login, one));
  }
}

const nameFor = (userId: string): string => `revoked ${userId}`;
