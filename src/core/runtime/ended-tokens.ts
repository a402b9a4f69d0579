/** How many tokens this process has seen end: by login, regenerate, periodic rotation and removal. */
let endings = 0;

export function noteEnding(): void {
  endings++;
}

/** A moment at which a session was known to be as it is stored. */
export interface Moment {
  readonly endings: number;
  readonly at: number;
}

/** About what the network itself may change in the order of two answers, in milliseconds. */
const instant = 20;

export const thisMoment = (): Moment => ({ endings, at: performance.now() });

/** Nothing of importance can have happened since: no token ended here, and other processes had no time. */
export const isNow = (moment: Moment | undefined): boolean =>
  moment !== undefined && moment.endings === endings && performance.now() - moment.at < instant;
