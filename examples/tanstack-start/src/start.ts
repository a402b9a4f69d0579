import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";
import { withSession } from "coatcheck/tanstack-start";
import { sessions } from "./sessions";

// Start leaves this, and with it the import of the sessions, out of the browser's bundle.
const visit = createMiddleware({ type: "request" }).server(({ request, next }) =>
  withSession(sessions, request, (session) => next({ context: { session } })),
);
const csrf = createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" });

export const startInstance = createStart(() => ({ requestMiddleware: [csrf, visit] }));
