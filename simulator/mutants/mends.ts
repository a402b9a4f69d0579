import { meetings } from "./meetings.ts";
import { core, type Mend } from "./mend.ts";

const mend = (name: string, ...patches: Mend["patches"]): Mend => ({ name, patches });

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
    core("commit/commit-record.ts", "if (!error.certain) this.#attempts.lost(this.#base);", ""),
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
    "an ended token opens nothing",
    core("backend/authenticate.ts", 'return now < ended.until ? "revoked" : ended;', 'return "current";'),
  ),
  mend(
    "a rotated token opens nothing after its grace",
    core("backend/authenticate.ts", 'now < previous.until ? "previous" : previous', '"previous"'),
  ),
  mend(
    "a session that was made after it was given up is withdrawn (B74)",
    core("backend/insert-record.ts", "yield* wait(withdrawals?.add(state.id, state.control.hash));", ""),
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
    core("backend/user-limit.ts", "found.reverse().slice(max)", "found.reverse().slice(max + 1)"),
  ),
  mend(
    "a call of the store ends at its time limit",
    core("runtime/call-timeouts.ts", "if (watch.end > now) continue;", "continue;"),
  ),
  mend(
    "a user ends no session of another user by its id",
    core("manager/admin.ts", "if (userId !== undefined && (await ownerOf(id)) !== userId) return false;", ""),
  ),
  mend(
    "a session ends at its absolute limit",
    core("state/expiry.ts", "limits.absolute === undefined ? never : start + limits.absolute", "never"),
  ),
  mend(
    "a session ends at its idle limit",
    core("state/expiry.ts", "idleFor === undefined ? never : state.lastSeenAt + idleFor", "never"),
  ),
  mend(
    'a login beyond the limit is refused (`overflow: "reject"`)',
    core(
      "backend/user-limit.ts",
      "if (max === undefined) return",
      'if (max === undefined || overflow === "reject") return',
    ),
  ),
  mend(
    "a session ends when an ended token comes back (B102)",
    core("backend/authenticate.ts", 'if (context.config.onReuse === "report") return undefined;', "return undefined;"),
  ),
  ...meetings,
];
