/** A store under measurement, ours or a peer's, by what a request asks of it. Sessions are numbered from 0. */
export interface Subject {
  readonly name: string;
  /** Adds a session with the next number, of a visitor who is not signed in. */
  create(): Promise<void>;
  /** Adds one of a user, which a store that can list a user's sessions notes as well. Peers do not know users. */
  createSignedIn(): Promise<void>;
  read(session: number): Promise<void>;
  /** Stores changed data. Never called twice at once for one session. */
  replace(session: number): Promise<void>;
  touch(session: number): Promise<void>;
  /** Adds 1 to a counter of one new session, that many times at once; what the counter says afterwards. */
  update(times: number): Promise<number>;
  close(): Promise<void>;
}

export const operations = ["read", "create", "create signed in", "replace", "touch"] as const;
export type Operation = (typeof operations)[number];

export function perform(subject: Subject, operation: Operation, session: number): Promise<void> {
  if (operation === "create signed in") return subject.createSignedIn();
  return operation === "create" ? subject.create() : subject[operation](session);
}

export const lifetime: number = 24 * 60 * 60 * 1000;
