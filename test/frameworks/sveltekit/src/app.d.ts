import type { Session, SessionManager } from "coatcheck";
import type { AdapterApp, Data } from "coatcheck/testing";

declare global {
  interface Visit {
    views: number;
    from: string;
  }

  namespace App {
    interface Locals {
      readonly session: Session<Visit>;
    }
    /** What a server of the adapter suite mounts and answers; the application is itself without it. */
    interface Platform {
      readonly mounts?: readonly SessionManager<Data>[];
      readonly app?: AdapterApp;
    }
  }
}
