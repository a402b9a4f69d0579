import { everyStore } from "./_every-store.ts";

everyStore("file");
