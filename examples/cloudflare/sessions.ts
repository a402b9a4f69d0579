import { env } from "cloudflare:workers";
import { createSessions } from "coatcheck";
import { durableObjectStore } from "coatcheck/stores/durable-object";

export interface Visit {
  views: number;
  apples: number;
}

export const sessions = createSessions<Visit>({ store: durableObjectStore({ namespace: env.SESSIONS }) });
