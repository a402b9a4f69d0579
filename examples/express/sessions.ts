import { createSessions, type SessionManager, type Sessions } from "coatcheck";
import { type StoreWatch, storeWatch } from "coatcheck/admin";
import { timedStore } from "coatcheck/observe";
import type { Settings } from "./settings.ts";
import { openCookies, openSessionStore } from "./stores.ts";

/** The login session: kept in the store, so it can be listed and ended from elsewhere. */
export interface Visit {
  views: number;
  cart: string[];
  /** Such as "Firefox on Linux"; shown where sessions are listed. */
  device: string;
}

/** Preferences: kept in an encrypted cookie, because they belong to the browser and survive signing out. */
export interface Prefs {
  theme: "light" | "dark";
}

/** What the plain endpoints for curl keep. */
export interface Plain {
  foo: string;
  user_id: number;
}

/** Types `req.session` and `req.prefs`. */
declare module "coatcheck/express" {
  interface Mounts {
    session: Sessions<Visit>;
    prefs: SessionManager<Prefs>;
  }
}

export interface Managers {
  readonly visits: Sessions<Visit>;
  readonly prefs: SessionManager<Prefs>;
  readonly plain: Sessions<Plain>;
  /** For the operators' page. */
  readonly watch: StoreWatch;
}

/** So that another application on the same store, or with the same key, takes no token of ours. */
const application = "coatcheck-example";

export async function openSessions(settings: Settings): Promise<Managers> {
  const watch = storeWatch();
  const store = timedStore(await openSessionStore(settings), watch.timing);
  return {
    watch,
    visits: createSessions<Visit>({
      application,
      store,
      idleTimeout: "1h",
      absoluteTimeout: "30d",
      // The cookie ends with the browser, unless the visitor ticks "remember me".
      remember: false,
      maxSessionsPerUser: 10,
    }),
    prefs: createSessions<Prefs>({
      application,
      name: "prefs",
      store: openCookies(settings),
      idleTimeout: "180d",
      absoluteTimeout: "365d",
    }),
    // The same store under another name: the two never meet.
    plain: createSessions<Plain>({ application, name: "plain", store, remember: false }),
  };
}

export async function closeSessions({ visits, prefs, plain }: Managers): Promise<void> {
  await Promise.all([visits.close(), prefs.close(), plain.close()]);
}
