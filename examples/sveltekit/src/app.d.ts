import type { Session } from "coatcheck";
import type { Visit } from "$lib/server/sessions";

declare global {
  namespace App {
    interface Locals {
      readonly session: Session<Visit>;
    }
  }
}
