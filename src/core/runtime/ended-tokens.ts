/** The number of tokens that ended in this process, by login, regenerate, periodic rotation or removal. */
let endings = 0;

export function noteEnding(): void {
  endings++;
}

/** A moment at which a session was known to match its stored record. */
export interface Moment {
  readonly endings: number;
  readonly at: number;
}

/** Within this time the network itself may reorder two responses. In milliseconds. */
const reorderMs = 20;

export const thisMoment = (): Moment => ({ endings, at: performance.now() });

/** Returns whether no token can have ended since: none did in this process, and others had no time to end one. */
export const isNow = (moment: Moment | undefined): boolean =>
  moment !== undefined && moment.endings === endings && performance.now() - moment.at < reorderMs;
