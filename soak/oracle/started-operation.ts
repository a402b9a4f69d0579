import type { Operation } from "../protocol.ts";

export interface StartedOperation {
  readonly operation: Operation;
  readonly began: number;
}
