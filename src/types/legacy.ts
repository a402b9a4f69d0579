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
  /** How long an old session can live, in milliseconds. What has become of it is remembered as long. */
  readonly lifetime: number;
  /**
   * Called by `createSessions()`, on the first of the list. Returns a function that is called with each request.
   *
   * @param parts the manager's own
   * @param sources the whole list
   * @throws SessionError INVALID_OPTION if the manager cannot take sessions over
   */
  attach(parts: readonly unknown[], sources: readonly LegacySource[]): (request: object) => void;
}
