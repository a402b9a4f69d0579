/** Why a target can be missed, by its id; printed only where it is. */
const explanations: Readonly<Record<string, string>> = {};

export const explanationOf = (id: string): string => explanations[id] ?? "";
