import { checkKeys, type Known, kindOf } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";

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

const mountKeys: Known<MountOptions> = { as: true, lazy: true };

/**
 * Checks what an adapter is given, once and before there is a request.
 *
 * @throws SessionError INVALID_OPTION
 */
export function checkMount<Options = MountOptions>(
  sessions: unknown,
  options: Options,
  known: Known<Options> = mountKeys as Known<Options>,
  where = "session()",
): void {
  if (typeof (Object(sessions) as { open?: unknown }).open !== "function") {
    throw invalidOption(
      `${where} takes a manager first, which createSessions() returns, and was given ${kindOf(sessions)}.`,
    );
  }
  checkKeys(options, known, where);
  const { as, lazy } = options as { readonly as?: unknown; readonly lazy?: unknown };
  if (typeof as !== "object" && as !== undefined && (typeof as !== "string" || as === "")) {
    throw invalidOption(`${where}: as must be a name for the session and is ${kindOf(as)}.`);
  }
  if (lazy !== undefined && typeof lazy !== "boolean") {
    throw invalidOption(`${where}: lazy must be true or false and is ${kindOf(lazy)}.`);
  }
}
