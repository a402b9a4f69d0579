import type { Flow } from "../language/flow.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { isEarlier, type Occasion, occasion } from "../runtime/order.ts";
import type { Notes, Unreadable } from "./notes.ts";

/** One `revokeAll` of a user. */
interface Revocation extends Occasion {
  /** The id of the session that it kept. */
  readonly except?: string | undefined;
}

/** What a revocation may end: a login. With no user: what `destroyAll` ends. */
interface Begun extends Occasion {
  readonly userId: string | undefined;
}

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
  /** How long a revocation is noted, in milliseconds: longer than a request takes, and than an old session can live. */
  noted = 86_400_000;

  constructor(context: ManagerContext, notes: Notes) {
    this.#context = context;
    this.#notes = notes;
  }

  /** Notes that all that was begun for this user, or for all, ends, except one session. @throws SessionError */
  *note(userId?: string, except?: string): Flow<void> {
    const now = this.#context.clock.now();
    const own: Revocation = { ...occasion(now), except };
    const add = (earlier: readonly Revocation[] = []): readonly Revocation[] => {
      // One without an exception includes those before it.
      const before = earlier.filter((one) => except !== undefined || !isEarlier(one, own));
      const [first, ...rest] = before.slice(1 - maxNoted);
      const all = before.length >= maxNoted && first ? [{ ...first, except: undefined }, ...rest] : before;
      return [...all, own];
    };
    yield* this.#notes.write(nameFor(userId), now + this.noted, add, undefined, asWritten);
  }

  /**
   * Whether a user's sessions were revoked after this login began, and its session is not one that was kept.
   *
   * @param unreadable makes what stands for a note that cannot be read
   */
  *include(
    login: Begun,
    id: string,
    end: number,
    unreadable: Unreadable<readonly Revocation[]> = asWritten,
  ): Flow<boolean> {
    const all = (yield* this.#notes.read(nameFor(login.userId), end, unreadable)) ?? [];
    return all.some((one) => one.except !== id && isEarlier(login, one));
  }
}

/** Of a process whose keys are not here: it ended what was begun before it wrote this. */
const asWritten = (at: number): readonly Revocation[] => [{ at, by: "-", n: 0 }];

const nameFor = (userId: string | undefined): string => `revoked ${userId ?? ""}`;
