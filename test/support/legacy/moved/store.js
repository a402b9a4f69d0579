import { MemoryStore } from "coatcheck/express-session";

export const store = new MemoryStore();
