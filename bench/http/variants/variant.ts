import type { Size } from "../../data.ts";

/** A server under test, listening on a port of 127.0.0.1. */
export interface Running {
  readonly port: number;
}

/** How a library keeps its sessions. A module that knows one way only does not ask. */
export type Kept = "memory" | "sqlite" | "sealed" | "signed";

/**
 * Starts a server with these routes:
 * `/fill?visitor=N` puts the data of one visitor into the session and responds `ok`;
 * `/plain` responds `ok` and does not look at the session;
 * `/read` responds `views N`, read from the session;
 * `/write` adds 1 to the views in the session and responds `views N`.
 * Without sessions all routes answer `ok`.
 */
export type Start = (size: Size, kept: Kept) => Promise<Running>;
