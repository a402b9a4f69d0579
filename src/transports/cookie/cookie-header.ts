const SPACE = 32;
const TAB = 9;
const SEMICOLON = 59;
const EQUALS = 61;

const none: readonly string[] = [];

/**
 * Returns the non-empty values of one cookie in a `Cookie` header, in order, up to `maxValues`. `name` contains no `=`,
 * `;` or white space.
 *
 * Compares names byte by byte and decodes nothing: a lenient parser would read `__%48ost-session`, which any sibling
 * host can set, as `__Host-session` (RFC 6265bis section 4.1.3). Takes linear time whatever the header contains.
 */
export function cookieValues(header: string, name: string, maxValues: number): readonly string[] {
  let values: string[] | undefined;
  let at = header.indexOf(name);
  while (at !== -1) {
    let after = at + name.length;
    const equals = skipBlanks(header, after);
    if (header.charCodeAt(equals) === EQUALS && beginsPair(header, at)) {
      const semicolon = header.indexOf(";", equals);
      after = semicolon === -1 ? header.length : semicolon;
      const value = trimmed(header, equals + 1, after);
      if (value !== "") {
        values ??= [];
        if (values.push(value) === maxValues) return values;
      }
    }
    at = header.indexOf(name, after);
  }
  return values ?? none;
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function beginsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (isBlank(header.charCodeAt(before))) before--;
  return before < 0 || header.charCodeAt(before) === SEMICOLON;
}

function trimmed(text: string, from: number, to: number): string {
  let end = to;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(skipBlanks(text, from), end);
}
