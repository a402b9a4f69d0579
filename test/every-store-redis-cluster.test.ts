import { everyStore } from "./_every-store.ts";

await everyStore("Redis Cluster");
