import { describe } from "vitest";
import { siteOf } from "./_next-site.ts";
import { describeTraps } from "./_next-traps.ts";

describe("Next.js 16", () => describeTraps(siteOf("next/site")));
