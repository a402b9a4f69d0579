// Drivers and servers lose characters: NUL ends a string or is refused, and a lone surrogate becomes U+FFFD, so that two
// users could become one. Such a character is stored as U+0001 and its four hexadecimal digits.

const mark = "\u0001";
const unfit = /* @__PURE__ */ new RegExp(`[\\0${mark}]|\\p{Surrogate}`, "gu");
const marked = /* @__PURE__ */ new RegExp(`${mark}([0-9a-f]{4})`, "g");

/** Encodes any JavaScript string so that every database stores it exactly. Distinct strings stay distinct. */
export function toText(text: string): string {
  return text.replace(unfit, (character) => mark + character.charCodeAt(0).toString(16).padStart(4, "0"));
}

/** Decodes the result of `toText`. */
export function fromText(text: string): string {
  return text.replace(marked, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
