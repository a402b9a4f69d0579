/** A change to the sources: one place, found by a short text. */
export interface Patch {
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** @throws Error if the place is not there exactly once, so that a change of the sources is noticed */
export function patched(text: string, { file, find, replace }: Patch): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} has ${places} places with ${JSON.stringify(find)}. There must be one.`);
  return text.replace(find, () => replace);
}
