import { describe } from "vitest";
import { siteOf } from "./_next-site.ts";
import { describeEndings, describeTraps } from "./_next-traps.ts";

describe("Next.js 16", () => {
  const site = siteOf("next/site");
  describeTraps(site);
  describeEndings(site);
});
