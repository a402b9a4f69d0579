import { createMiddleware, createStart } from "@tanstack/react-start";
import { withSession } from "coatcheck/tanstack-start";

/** A middleware for each of the managers that a case may mount. */
const first = createMiddleware({ type: "request" }).server(({ request, next }) => {
  const sessions = globalThis.suite.getStore()?.mounts[0];
  return sessions ? withSession(sessions, request, (first) => next({ context: { first } })) : next();
});
const second = createMiddleware({ type: "request" }).server(({ request, next }) => {
  const sessions = globalThis.suite.getStore()?.mounts[1];
  return sessions ? withSession(sessions, request, (second) => next({ context: { second } })) : next();
});

export const startInstance = createStart(() => ({ requestMiddleware: [first, second] }));
