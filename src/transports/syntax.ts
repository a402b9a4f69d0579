/** A token of RFC 9110 section 5.6.2: the syntax of header names and, by RFC 6265bis, of cookie names. */
const httpToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export const isHttpToken = (text: unknown): text is string => typeof text === "string" && httpToken.test(text);

const tokenText = /^[A-Za-z0-9._~-]+$/;

/** Returns a session token that is safe in a header without encoding. @throws TypeError for any other */
export function checkedToken(token: string): string {
  if (tokenText.test(token)) return token;
  throw new TypeError(
    "A token may contain only A-Z a-z 0-9 . _ ~ -, so this one was not sent. The store that created it must encode it.",
  );
}
