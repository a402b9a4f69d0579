/** How our sessions are written for the old application. */
export interface DualWrite {
  /**
   * Returns the row of a session without `cookie`. `login` must find the user in it.
   * @default the data as it is
   */
  // biome-ignore lint/suspicious/noExplicitAny: the row has the type that the old application gives it
  readonly row?: ((session: { data: any; userId: string | undefined }) => object) | undefined;
  /** The lifetime of a row that is new, in milliseconds, as `cookie.maxAge` was. @default one day */
  readonly maxAge?: number | undefined;
}
