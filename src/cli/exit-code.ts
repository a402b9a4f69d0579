/** What scripts go by. Documented in docs/cli.md. */
export const exitCode = {
  done: 0,
  /** It worked, and the answer is no: there is no such session, the cookie is refused, the doctor found a fault. */
  no: 1,
  /** The command was not understood. Nothing was done. */
  misuse: 2,
  /** It failed, such as a store that cannot be reached. */
  failed: 3,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
