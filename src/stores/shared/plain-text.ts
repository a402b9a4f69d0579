// Drivers and servers lose what their texts cannot hold: NUL ends a text or is refused, half a surrogate pair becomes
// U+FFFD, so that two users could become one. Such a character is kept as U+0001 and its four hexadecimal digits.

const mark = "\u0001";
const unfit = new RegExp(`[\\0${mark}]|\\p{Surrogate}`, "gu");
const marked = new RegExp(`${mark}([0-9a-f]{4})`, "g");

/** Any JavaScript text as text that every database keeps exactly, and keeps distinct from every other one. */
export function toText(text: string): string {
  return text.replace(unfit, (character) => mark + character.charCodeAt(0).toString(16).padStart(4, "0"));
}

/** The text that `toText` was given. */
export function fromText(text: string): string {
  return text.replace(marked, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
