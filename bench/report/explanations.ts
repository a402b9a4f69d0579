/** Why a target can be missed, by the beginning of its name; printed only where it is. */
const explanations: readonly (readonly [what: string, why: string])[] = [];

export function explanationOf(what: string): string | undefined {
  return explanations.find(([beginning]) => what.startsWith(beginning))?.[1];
}
