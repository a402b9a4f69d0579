/** What a source has done in this process. */
export interface LegacyStats {
  /** Sessions that were taken over. */
  readonly imported: number;
  /** Cookies of the other library that opened nothing. */
  readonly refused: number;
}

/** Takes over live sessions of another library. The functions of `coatcheck/legacy/…` create one. */
export interface LegacySource {
  /** The name of the other library. */
  readonly name: string;
  readonly stats: LegacyStats;
  /**
   * Called by `createSessions()`, on the first of the list. Returns a function that each request passes through.
   *
   * @param parts the manager's own
   * @param sources the whole list
   */
  attach<Request>(parts: object, sources: readonly LegacySource[]): (request: Request) => Request;
}
