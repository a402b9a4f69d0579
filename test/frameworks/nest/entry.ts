import { ExpressAdapter } from "@nestjs/platform-express";
import { nestEntry } from "./_entry.ts";

export const entry = nestEntry(() => new ExpressAdapter());
