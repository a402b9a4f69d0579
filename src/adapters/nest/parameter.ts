import type { Session } from "../../types/session.ts";

/** A decorator that the compiler refuses on a parameter of another type. */
export type SessionParameter<Data extends object> = <Target extends object, Name, Index extends number>(
  target: Target,
  name: Name,
  index: Index & Fitting<Session<Data>, Name extends keyof Target ? Target[Name] : undefined, Index>,
) => void;

type Fitting<Value, Handler, Index extends number> = Handler extends (...args: infer Parameters) => void
  ? Value extends Parameters[Index]
    ? unknown
    : { readonly expected: Value }
  : unknown;
