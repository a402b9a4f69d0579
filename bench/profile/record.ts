import type { Profiler } from "node:inspector";
import { Child } from "../child.ts";
import type { Size } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import type { ServerQuestion } from "../http/server.ts";
import type { Variant } from "../http/variants/list.ts";
import { Target } from "../measure/target.ts";
import type { Settings } from "../settings.ts";
import { type FunctionCost, summarise } from "./summary.ts";

/** Where one route of one variant spends its time, after warming up. */
export async function recordProfile(
  settings: Settings,
  variant: Variant,
  size: Size,
  route: Route,
): Promise<FunctionCost[]> {
  const generator = new Child("./http/load/generator.ts");
  const target = new Target(variant, size, generator, settings);
  try {
    await target.open();
    const requests = target.requestsOf(route) * 2;
    await target.server.ask("start profile" satisfies ServerQuestion);
    await target.visit(route, requests);
    const profile = await target.server.ask<Profiler.Profile>("stop profile" satisfies ServerQuestion);
    return summarise(profile, requests);
  } finally {
    target.server.stop();
    generator.stop();
  }
}
