import { everyStore } from "./_every-store.ts";

await everyStore("PostgreSQL");
