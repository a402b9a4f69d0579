import type { Missing, Started } from "./service.ts";

/** A server that the environment names. */
export function given(variable: string): Started<string> | Missing {
  const url = process.env[variable];
  return url === undefined ? { missing: `set ${variable}` } : { value: url, note: `from ${variable}` };
}
