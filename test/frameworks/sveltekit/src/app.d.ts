import type { Handle } from "@sveltejs/kit";
import type { AdapterApp } from "coatcheck/testing";

declare global {
  namespace App {
    interface Platform {
      readonly handle: Handle;
      readonly app: AdapterApp;
    }
  }
}
