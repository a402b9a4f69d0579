/** What a command is answered with that cannot be carried out; codes are MongoDB's. */
export class Failure extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(codeName: keyof typeof codes, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.codeName = codeName;
    this.code = codes[codeName];
    this.details = details;
  }
}

export const codes = {
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  CursorNotFound: 43,
  NamespaceExists: 48,
  CommandNotFound: 59,
  CannotCreateIndex: 67,
  ImmutableField: 66,
  InvalidOptions: 72,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  InvalidPipelineOperator: 168,
  TransactionTooOld: 225,
  NotImplemented: 238,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  UnknownField: 40415,
} as const;

/** For what MongoDB can do and the double cannot: nothing may seem to work that was not done. */
export const beyond = (what: string): Failure => new Failure("NotImplemented", `The double does not know ${what}.`);
