const SPACE = 32;
const TAB = 9;
const SEMICOLON = 59;
const EQUALS = 61;

const none: readonly string[] = [];

/**
 * The values of one cookie in a `Cookie` header, in order, at most `most`; empty ones are left out. `name` holds neither
 * `=`, `;` nor blanks.
 *
 * Names compare byte by byte and nothing is decoded or unquoted: whoever is lenient here reads `__%48ost-session`, which
 * any sibling host may set, as `__Host-session` (RFC 6265bis section 4.1.3). One walk over the header, whatever is in it.
 */
export function cookieValues(header: string, name: string, most: number): readonly string[] {
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
        if (values.push(value) === most) return values;
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
