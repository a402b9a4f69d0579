import type { Session } from "coatcheck";

export interface Visit {
  views: number;
  requests: number;
}

declare module "h3" {
  interface H3EventContext {
    readonly session: Session<Visit>;
  }
}
