import type { Start } from "../variant.ts";
import { serve } from "./app.ts";

export const start: Start = (size) => serve(size);
