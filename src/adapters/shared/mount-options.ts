/** Options for mounting a session on a request. */
export interface MountOptions<Name extends string = string> {
  /** The property of the request, or of the framework's context, that holds the session. @default "session" */
  readonly as?: Name | undefined;
  /** Loads the session only in `session.load()`. For applications where few handlers use it. @default false */
  readonly lazy?: boolean | undefined;
}

/** Maps an interface of managers to their sessions, under the same names. */
export type SessionsOf<Managers> = {
  readonly [Name in keyof Managers]: Managers[Name] extends { get(carrier: object): infer S } ? S : never;
};
