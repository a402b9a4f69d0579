export type { BreakerChange, BreakerState } from "../shared/breaker-change.ts";
export { type BreakerOptions, breaker } from "./breaker.ts";
