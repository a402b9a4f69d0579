/** Splits a header value into its trimmed, non-empty parts. Keeps quoted strings whole (RFC 9110 section 5.6). */
export function splitHeaderList(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  const take = (end: number): void => {
    const part = text.slice(start, end).trim();
    if (part !== "") parts.push(part);
    start = end + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === "\\") at++;
    else if (!quoted && character === separator) take(at);
  }
  take(text.length);
  return parts;
}
