import { describe } from "vitest";
import { siteOf } from "../support/frameworks/next-site.ts";
import { describeEndings, describeTraps } from "../support/frameworks/next-traps.ts";

describe("Next.js 16", () => {
  const site = siteOf("next/site");
  describeTraps(site);
  describeEndings(site);
});
