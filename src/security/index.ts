export { type Csrf, type CsrfOptions, csrf } from "./csrf/csrf.ts";
export type { CarriedRequest } from "./csrf/head.ts";
export { type CsrfMiddleware, csrfMiddleware } from "./csrf/middleware.ts";
export { requireFresh, requireUser } from "./guards.ts";
export { type Lifetimes, lifetimes } from "./lifetimes.ts";
export { returnTo } from "./return-to.ts";
export { signOutHeaders } from "./sign-out.ts";
