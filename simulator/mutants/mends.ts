import type { Patch } from "../engine/patch.ts";

/** A fault that was mended once, and what takes its mend out again. */
export interface Mend {
  readonly name: string;
  readonly patches: readonly Patch[];
}

const core = (file: string, find: string, replace: string): Patch => ({ file: `src/core/${file}`, find, replace });
const mend = (name: string, ...patches: readonly Patch[]): Mend => ({ name, patches });

export const mends: readonly Mend[] = [
  mend(
    "a commit whose answer was lost knows itself by its id",
    core("commit/commit-ids.ts", "commitId === id || (control.commits?.includes(id) ?? false)", "id === undefined"),
  ),
  mend(
    "… also after other commits have followed",
    core("commit/commit-ids.ts", "|| (control.commits?.includes(id) ?? false)", ""),
  ),
  mend(
    "a write of unknown outcome is not called undone",
    core("commit/commit-record.ts", "if (!error.certain) this.#doubt = this.#base.version;", ""),
  ),
  mend(
    "after a conflict the change is applied to the newer record",
    core(
      "commit/commit-record.ts",
      "this.#base = state;",
      "this.#base = { ...this.#base, version: state.version, commitId: state.commitId };",
    ),
  ),
  mend(
    "an exact change has seen a fresh record before it changes nothing",
    core("commit/commit-record.ts", "return this.#isFresh || (this.#isOwn &&", "return true || (this.#isOwn &&"),
  ),
  mend(
    "login and regenerate fence off requests that began before",
    core("commit/apply-batch.ts", "if (eraOf(commit.base) !== eraOf(state)) throw gone();", ""),
  ),
  mend(
    "… by the secret, because two histories have the same numbers",
    core("state/epoch.ts", "control.era ?? control.hash;", "String(control.epoch ?? 0);"),
  ),
  mend(
    "who was fenced off in the same round sees nothing of what follows",
    core("commit/apply-batch.ts", "else if (eraOf(state) === eraOf(after)) commit", "else if (true) commit"),
  ),
  mend(
    "a request forgets the lost history when its write is part of another",
    core("request/commit-changes.ts", " && remembers(known, after.state.commitId)", ""),
  ),
  mend(
    "an ended token opens nothing",
    core("backend/authenticate.ts", 'return now < ended.until ? "revoked" : ended;', 'return "current";'),
  ),
  mend(
    "a rotated token opens nothing after its grace",
    core("backend/authenticate.ts", 'now < previous.until ? "previous" : previous', '"previous"'),
  ),
  mend(
    "a late response sends no ended token (B73)",
    core("request/response-edits.ts", "if (isNow(request.knownAt)) return", "if (true) return"),
  ),
  mend(
    "a session that was made after it was given up is withdrawn (B74)",
    core("backend/insert-record.ts", "yield* wait(withdrawals.add(state.id, state.control.hash));", ""),
  ),
  mend(
    "… and a login that nobody was told of (B74)",
    core("backend/store-backend.ts", "if (isInDoubt && rotation", "if (false && rotation"),
  ),
  mend(
    "a create that was sent twice is known by its commit id (B117)",
    core(
      "backend/insert-record.ts",
      "timeLeft(context, end)))) return true;",
      "timeLeft(context, end)))) return true;\n    return false;",
    ),
  ),
  mend(
    "a clock that was set while the store was silent changes nothing (B118)",
    core("runtime/clock.ts", "    noticeStep();\n", ""),
    core("runtime/clock.ts", "    return !doubtful;", "    mark = Date.now() - performance.now();\n    return true;"),
  ),
  mend(
    "a prune knows the store's time (B118)",
    core("manager/prune-loop.ts", "if (!(await context.clock.measure())) throw timeless(context);", ""),
  ),
  mend(
    "the absolute limit binds also a session in use",
    core("state/expiry.ts", "Math.min(state.lastSeenAt + idleFor, absoluteAt)", "state.lastSeenAt + idleFor"),
    core("state/expiry.ts", "if (now < Math.min(first, state.expiresAt))", "if (now < state.expiresAt)"),
  ),
  mend(
    "what the schema strips stays in the store (B83)",
    core(
      "record/record.ts",
      "kept.size === 0 ? entries : new Map([...entries, ...kept])",
      "kept.size === 0 ? entries : entries",
    ),
  ),
  mend(
    "a status of 500 drops what was not saved",
    core("request/commit-request.ts", "if (status >= 500 || request.hasFailed)", "if (request.hasFailed)"),
  ),
  mend(
    "a login beyond the limit ends the oldest session",
    core("backend/user-limit.ts", "found.reverse().slice(most)", "found.reverse().slice(most + 1)"),
  ),
  mend(
    "a login beyond the limit is rejected",
    core("backend/user-limit.ts", "if (others >= most) throw", "if (others > most) throw"),
  ),
  mend(
    "logins that two processes let in at once are seen afterwards",
    core("backend/user-limit.ts", "if (!isLate) return saved;", "return saved;"),
  ),
  mend(
    "a revocation is for the owner's sessions only",
    core("manager/admin.ts", "if (userId !== undefined && (await ownerOf(id)) !== userId) return false;", ""),
  ),
  mend(
    "a call of the store ends at its time limit",
    core("runtime/call-timeouts.ts", "if (watch.end > now) continue;", "continue;"),
  ),
  mend(
    "each job of a lane ends at its own time limit",
    core("commit/commit-record.ts", "if (now < commit.end) return true;", "return true;"),
  ),
];
