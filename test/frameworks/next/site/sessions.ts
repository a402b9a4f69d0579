import { createSessions, type SessionStore } from "coatcheck";
import { nextSession } from "coatcheck/next";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { remoteStore } from "./remote-store";

export interface Visit {
  views: number;
  notes: string[];
  [mark: `mark${number}`]: number;
}

/** What the modules of pages and those of proxy.ts share, which are bundled apart. */
const shared = globalThis as { siteStore?: SessionStore; siteCalls?: string[] };
shared.siteCalls ??= [];
shared.siteStore ??= process.env.NEXT_RUNTIME === "edge" ? remoteStore() : watched(memoryStore(), shared.siteCalls);
export const store: SessionStore = shared.siteStore;

/** Which operations the store was asked for. */
export const calls: string[] = shared.siteCalls;

function watched(store: SessionStore, asked: string[]): SessionStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        asked.push(String(name));
        return Reflect.apply(value, target, args);
      };
    },
  });
}

const quiet = { observer: () => undefined, pruneInterval: false } as const;

// Twenty functions write one session in turn on the edge runtime, where none waits for another: slowly on a busy machine.
export const sessions = createSessions<Visit>({ ...quiet, store, storeTimeout: "60s", commitTimeout: "60s" });
export const { route, action, read, proxy } = nextSession(sessions);

export const tastes = nextSession(
  createSessions<{ colour: string }>({
    ...quiet,
    name: "taste",
    application: "site",
    store: cookieStore({ keys: "aXpAwrvfFtSjG75A4h-1gsWWiqim95AI4No983kCu1c" }),
  }),
);
