/** RFC 9110 section 5.6.2: the names of headers and, by RFC 6265bis, of cookies. */
const httpToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export const isHttpToken = (text: unknown): text is string => typeof text === "string" && httpToken.test(text);

const tokenText = /^[A-Za-z0-9._~-]+$/;

/** A token goes into a header as it is, so a store that makes its own must keep to these characters. */
export function checkedToken(token: string): string {
  if (tokenText.test(token)) return token;
  throw new TypeError(
    "A token may consist of A-Z a-z 0-9 . _ ~ - only. The store that made this one has to encode it.",
  );
}
