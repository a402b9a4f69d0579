/** A store under measurement, ours or a peer's, by what a request asks of it. Sessions are numbered from 0. */
export interface Subject {
  readonly name: string;
  /** Adds a session with the next number. */
  create(): Promise<void>;
  read(session: number): Promise<void>;
  /** Stores changed data. Never called twice at once for one session. */
  replace(session: number): Promise<void>;
  touch(session: number): Promise<void>;
  /** Adds 1 to a counter of one new session, that many times at once; what the counter says afterwards. */
  update(times: number): Promise<number>;
  close(): Promise<void>;
}

export const operations = ["read", "create", "replace", "touch"] as const;
export type Operation = (typeof operations)[number];

export function perform(subject: Subject, operation: Operation, session: number): Promise<void> {
  return operation === "create" ? subject.create() : subject[operation](session);
}

export const lifetime: number = 24 * 60 * 60 * 1000;
