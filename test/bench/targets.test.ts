import { describe, expect, test } from "vitest";
import type { HttpCell } from "../../bench/measure/http.ts";
import { httpVerdicts } from "../../bench/report/http-targets.ts";
import { overheadTable, table } from "../../bench/report/tables.ts";
import { atMost, atMostOf, times } from "../../bench/report/verdict.ts";

function cell(library: string, route: HttpCell["route"], overhead: number, other: Partial<HttpCell> = {}): HttpCell {
  const measured = { cpu: 20 + overhead, overhead, least: overhead - 1, most: overhead + 1, setCookies: 0 };
  return { framework: "Koa", library, kept: "memory", size: "500 B", route, ...measured, ...other };
}

/** All that Koa's targets ask for. */
function koa(own: number, peer: number): HttpCell[] {
  return (["untouched", "read", "write"] as const).flatMap((route) => [
    cell("coatcheck, memory", route, own),
    cell("coatcheck, memory", route, own, { size: "20 kB" }),
    cell("coatcheck, sealed", route, own, { kept: "sealed" }),
    cell("coatcheck, sealed, not seen before", route, own, { kept: "sealed" }),
    cell("koa-session, memory", route, peer),
    cell("koa-session, memory", route, peer, { size: "20 kB" }),
    cell("koa-session, signed only", route, peer, { kept: "signed" }),
  ]);
}

describe("a target", () => {
  test("is met at its limit and missed above it", () => {
    expect(atMost("size", 10, 10, String)).toMatchObject({ met: true, excess: 1 });
    expect(atMost("size", 11, 10, String)).toMatchObject({ met: false, limit: "10", measured: "11" });
  });

  test("has no verdict where the peer does next to nothing", () => {
    expect(atMostOf("read", 9, 2.9, 1)).toMatchObject({ met: undefined, measured: "9.0 / 2.9 µs" });
    expect(atMostOf("read", 9, 3, 1)).toMatchObject({ met: false, measured: "3.00x (9.0 / 3.0 µs)" });
  });

  test("on a framework compares with that framework's peers", () => {
    const verdicts = httpVerdicts(koa(4, 100));
    expect(verdicts).toHaveLength(10);
    expect(verdicts.every(({ met }) => met)).toBe(true);
    expect(httpVerdicts(koa(200, 100)).every(({ met }) => met === false)).toBe(true);
  });

  test("compares with the peer that costs least", () => {
    const cheaper = cell("another, memory", "read", 10);
    const verdict = httpVerdicts([...koa(4, 100), cheaper]).find(({ what }) => what.endsWith("of another, memory"));
    expect(verdict).toMatchObject({ measured: "0.40x (4.0 / 10.0 µs)", met: false });
  });
});

describe("a table", () => {
  test("aligns all columns but the first to the right", () => {
    expect(table(["", "ratio"], [["read", times(1.234)]])).toBe("|  | ratio |\n| --- | ---: |\n| read | 1.23x |");
  });

  test("leaves a route empty that a server does not have", () => {
    const rows = overheadTable([cell("one", "read", 5), cell("one", "write", 6, { setCookies: 1 })]).split("\n");
    expect(rows.at(-1)).toBe("| one |  |  | 5 (4 to 6) | 6 (5 to 7) | 0 % / 100 % |");
  });
});
