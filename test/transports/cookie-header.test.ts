import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cookieValues } from "../../src/transports/cookie/cookie-header.ts";

const name = "__Host-session";
const all = Number.POSITIVE_INFINITY;

/** The same by the plainest means: cut at each semicolon, then at the first equals sign. */
function reference(header: string, wanted: string, most: number): string[] {
  const trim = (text: string) => text.replace(/^[ \t]+|[ \t]+$/g, "");
  const values: string[] = [];
  for (const pair of header.split(";")) {
    const [left = "", ...right] = pair.split("=");
    const value = trim(right.join("="));
    if (right.length > 0 && trim(left) === wanted && value !== "") values.push(value);
  }
  return values.slice(0, most);
}

/** What the scanner asks of the text: each character it looks at, and each that a search walks over. */
function stepsOf(header: string, wanted: string): number {
  const { indexOf, charCodeAt } = String.prototype;
  let steps = 0;
  String.prototype.indexOf = function (text: string, from = 0) {
    const found = indexOf.call(this, text, from);
    steps += (found === -1 ? this.length : found) - from + 1;
    return found;
  };
  String.prototype.charCodeAt = function (at: number) {
    steps++;
    return charCodeAt.call(this, at);
  };
  try {
    cookieValues(header, wanted, all);
  } finally {
    Object.assign(String.prototype, { indexOf, charCodeAt });
  }
  return steps;
}

const pieces = fc.constantFrom(
  ...[";", ";;", "; ", "=", "==", " ", "\t", ",", '"', "\\", "%48", "%", "\0", "\r\n", "é", "\u{1f36a}", "\u00a0", "$"],
  ...[name, `${name}=`, `; ${name}=a`, "session", "__host-session=b", "x=1", "aaaa", "__Host-", "a.b~c-d_e"],
);
const malformed = fc.oneof(
  fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 60 }),
);

describe("reads one cookie", () => {
  test.each([
    ["__Host-session=a.b", ["a.b"]],
    ["x=1; __Host-session=a; y=2", ["a"]],
    ["x=1;__Host-session=a;y=2", ["a"]],
    [" \t__Host-session\t = \ta \t; x", ["a"]],
    [";;;__Host-session=a;;", ["a"]],
    ["__Host-session=a=b==", ["a=b=="]],
    ["__Host-session=a, b", ["a, b"]],
    ['__Host-session="a"', ['"a"']],
    ["__Host-session=%61", ["%61"]],
    ["é=ü; __Host-session=a; 🍪", ["a"]],
    ["__Host-session=; __Host-session=a", ["a"]],
  ])("%s", (header, values) => {
    expect(cookieValues(header, name, 4)).toEqual(values);
  });

  test("B27: every value of the name is a candidate, in the order of the header, up to the number asked for", () => {
    expect(cookieValues(`${name}=junk; ${name}=good`, name, 4)).toEqual(["junk", "good"]);
    expect(cookieValues(`${name}=good; ${name}=junk`, name, 4)).toEqual(["good", "junk"]);
    expect(cookieValues(`${name}=1; ${name}=2; ${name}=3; ${name}=4; ${name}=5`, name, 4)).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
  });

  test.each([
    "",
    "__host-session=x",
    "__HOST-SESSION=x",
    "__%48ost-session=x",
    "%5F%5FHost-session=x",
    "=__Host-session=x",
    " = __Host-session=x",
    '"__Host-session"=x',
    '"; "__Host-session=x',
    "$__Host-session=x",
    "$Version=1; $Path=/",
    "__Host-session",
    "__Host-session; =x",
    "__Host-session=",
    "__Host-session= \t;",
    "__Host-session2=x",
    "x__Host-session=x",
    "x __Host-session=x",
    "__Host-session x=x",
    "x=__Host-session=x",
    "x= __Host-session=x",
    "x, __Host-session=x",
    "_[Host-session=x",
    "\u00a0__Host-session=x",
    "__Host-\0session=x",
    "session=x",
  ])("B27: %j is not our cookie", (header) => {
    expect(cookieValues(header, name, 4)).toEqual([]);
  });
});

describe("B47: whatever the header is", () => {
  test("100,000 random malformed headers give what the plainest reading gives, and none throws", () => {
    const property = fc.property(
      malformed,
      fc.constantFrom(name, "session", "a", "aa"),
      fc.constantFrom(1, 4),
      (...args) => {
        expect(cookieValues(...args)).toEqual(reference(...args));
      },
    );
    fc.assert(property, { numRuns: 100_000 });
  });

  test("10,000 cookies in one header are read, ours last", () => {
    const header = Array.from({ length: 10_000 }, (_, i) => `cookie${i}=value${i}`).join("; ");
    expect(cookieValues(`${header}; ${name}=a`, name, 4)).toEqual(["a"]);
    expect(cookieValues(header, name, 4)).toEqual([]);
    expect(cookieValues(`${name}=a; `.repeat(10_000), name, 4)).toHaveLength(4);
  });

  const nasty: [string, (length: number) => string][] = [
    ["one long value", (length) => `x=${"a".repeat(length)}`],
    ["blanks only", (length) => " ".repeat(length)],
    ["semicolons only", (length) => ";".repeat(length)],
    ["equals signs only", (length) => "=".repeat(length)],
    ["our name without a value", (length) => "aa".repeat(length / 2)],
    ["our name between blanks", (length) => "aa  ".repeat(length / 4)],
    ["our name, then blanks, then no equals sign", (length) => `aa${" ".repeat(length)}`],
    ["our name after many blanks in a foreign value", (length) => `x=${" ".repeat(length)}aa=1`],
    ["our name as a foreign value", (length) => "x=aa=1;".repeat(length / 7)],
    ["our cookie, many times", (length) => "aa=1;".repeat(length / 5)],
    ["our cookie with blank values", (length) => "aa=   ;".repeat(length / 7)],
    ["almost our name", (length) => "ab;".repeat(length / 3)],
  ];

  test.each(nasty)("256 KiB take a fixed number of steps for each character: %s", (_, make) => {
    for (const length of [4_096, 262_144]) {
      const header = make(length);
      expect(stepsOf(header, "aa")).toBeLessThanOrEqual(5 * header.length + 10);
    }
  });

  test("a header without our cookie is searched once and leaves nothing behind", () => {
    const header = "x=1; y=2; ".repeat(1_000);
    expect(stepsOf(header, name)).toBe(header.length + 1);
    expect(cookieValues(header, name, 4)).toBe(cookieValues("", name, 4));
  });
});
