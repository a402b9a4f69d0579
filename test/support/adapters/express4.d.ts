/** Express 4 under another name; for what the tests use of it, the types of Express 5 say the same. */
declare module "express4" {
  export { default } from "express";
}
