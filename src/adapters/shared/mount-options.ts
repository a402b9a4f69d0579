/** How a session is mounted on a request. */
export interface MountOptions<Name extends string = string> {
  /** The name under which the request, or the framework's context of it, holds the session. @default "session" */
  readonly as?: Name | undefined;
  /** Leave loading to `session.load()`, where only few handlers use the session. @default false */
  readonly lazy?: boolean | undefined;
}

/** The sessions of the managers in an interface, under the same names. */
export type SessionsOf<Managers> = {
  readonly [Name in keyof Managers]: Managers[Name] extends { get(carrier: object): infer S } ? S : never;
};
