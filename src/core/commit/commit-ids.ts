import { copyState, type SessionState } from "../record/record.ts";

/** Commits by which one of unknown outcome still recognises itself. */
export const remembered = 8;

/**
 * Returns what tells one commit of a session from another, in all processes and at all times: 64 random bits as 16
 * characters. No secret, so the runtime's stock of random numbers will do; it costs a tenth.
 */
export function newCommitId(): string {
  const uuid = crypto.randomUUID();
  return uuid.slice(0, 4) + uuid.slice(24);
}

/** Whether a commit is part of what a state has become, as far back as it remembers. */
export const remembers = ({ commitId, control }: SessionState, id: string): boolean =>
  commitId === id || (control.commits?.includes(id) ?? false);

/** What a commit makes of the state that it is applied to. */
export function committed(next: SessionState, base: SessionState, commitId: string): SessionState {
  const { commits: earlier = [] } = base.control;
  const commits = earlier.length < remembered - 1 ? earlier.slice() : earlier.slice(1);
  commits.push(base.commitId);
  const state = copyState(next);
  state.version = base.version + 1;
  state.commitId = commitId;
  state.control = { ...next.control, commits };
  return state;
}
