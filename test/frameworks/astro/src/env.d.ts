declare namespace App {
  interface Locals {
    readonly session: import("coatcheck").Session<Visit>;
    /** What a server of the adapter suite mounts and answers; the application is itself without it. */
    readonly mounts?: readonly import("coatcheck").SessionManager<import("coatcheck/testing").Data>[];
    readonly app?: import("coatcheck/testing").AdapterApp;
  }
}

interface Visit {
  views: number;
  late: string;
}
