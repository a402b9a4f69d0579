import type { Size } from "./data.ts";

export interface Settings {
  readonly rounds: number;
  readonly connections: number;
  /** A multiple of the connections, so that no visitor is on two of them. */
  readonly visitors: number;
  /** Requests before a server is measured, in every round: after idling, the next thousands cost more. */
  readonly warmUp: Readonly<Record<Size, number>>;
  /** Requests of one measurement. */
  readonly requests: Readonly<Record<Size, number>>;
  /** Pairs of one seal and one unseal in one measurement. */
  readonly seals: number;
  readonly storedSessions: number;
  readonly imports: number;
  /** Turns of the core and of its floor, and the requests of one turn. */
  readonly coreTurns: number;
  readonly coreVisits: number;
}

export const fullRun: Settings = {
  rounds: 5,
  connections: 20,
  visitors: 1000,
  warmUp: { "500 B": 8_000, "20 kB": 4_000 },
  requests: { "500 B": 6_000, "20 kB": 3_000 },
  seals: 5_000,
  storedSessions: 100_000,
  imports: 41,
  coreTurns: 50,
  coreVisits: 2_000,
};

export const quickRun: Settings = {
  rounds: 3,
  connections: 20,
  visitors: 400,
  warmUp: { "500 B": 6_000, "20 kB": 2_000 },
  requests: { "500 B": 3_000, "20 kB": 1_000 },
  seals: 2_000,
  storedSessions: 20_000,
  imports: 11,
  coreTurns: 15,
  coreVisits: 1_000,
};
