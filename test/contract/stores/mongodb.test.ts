import { everyStore } from "./rules/every-store.ts";

await everyStore("MongoDB");
