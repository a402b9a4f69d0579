import { expect, test } from "vitest";
import { bodyOf } from "../../bench/http/load/connection.ts";

const head = (line: string): string => `HTTP/1.1 200 OK\r\n${line}\r\n`;

test("a body with a length ends there", () => {
  expect(bodyOf(head("Content-Length: 5"), "hello")).toEqual({ body: "hello", rest: "" });
  expect(bodyOf(head("content-length: 2"), "okHTTP")).toEqual({ body: "ok", rest: "HTTP" });
  expect(bodyOf(head("Content-Length: 5"), "hell")).toBeUndefined();
});

test("a body in chunks ends with the empty one", () => {
  const chunked = head("Transfer-Encoding: chunked");
  const text = "5\r\nviews\r\na\r\n 123456789\r\n0\r\n\r\n";
  expect(bodyOf(chunked, text)).toEqual({ body: "views 123456789", rest: "" });
  expect(bodyOf(chunked, `${text}HTTP`)).toEqual({ body: "views 123456789", rest: "HTTP" });
  for (let end = 0; end < text.length; end++) expect(bodyOf(chunked, text.slice(0, end))).toBeUndefined();
});

test("a response that does not say its length is refused", () => {
  expect(() => bodyOf(head("Connection: close"), "ok")).toThrow("does not say its length");
});
