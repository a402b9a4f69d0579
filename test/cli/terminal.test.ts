import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { draw, record } from "../../scripts/terminal.ts";

/** On a slow machine a minute may pass between a session and the list of it. */
const ageless = (text: string): string => text.replaceAll(/\d+(?=[smh] ago|[smh]<)/g, "0");

describe.skipIf(!existsSync("/usr/bin/script"))("docs/images/terminal.svg", () => {
  test("docs/images/terminal.svg shows what the command prints today", async () => {
    const drawn = readFileSync(new URL("../../docs/images/terminal.svg", import.meta.url), "utf8");
    // node --import ./scripts/tsx.js scripts/terminal.ts draws it again, after a build.
    expect(ageless(draw(await record()))).toBe(ageless(drawn));
  }, 600_000);
});
