import { run, send } from "./_node.ts";
import type { Start } from "./variant.ts";

export const start: Start = () => run((_req, res) => send(res, "ok"));
