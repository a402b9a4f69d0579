declare namespace App {
  interface Locals {
    readonly session: import("coatcheck").Session<import("./sessions").Visit>;
  }
}
