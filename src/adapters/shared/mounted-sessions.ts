/** The sessions of the managers in an interface, under the same names. */
export type SessionsOf<Managers> = {
  readonly [Name in keyof Managers]: Managers[Name] extends { get(carrier: object): infer S } ? S : never;
};
