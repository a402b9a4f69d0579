import { defineMiddleware, sequence } from "astro:middleware";
import { session } from "coatcheck/astro";
import { sessions } from "./sessions.ts";

const own = {
  streamed: session(sessions),
  whole: session(sessions, { stream: false }),
  answered: session(sessions, { onError: (error) => new Response((error as { code: string }).code, { status: 418 }) }),
};

export const onRequest = defineMiddleware((context, next) => {
  const { mounts } = context.locals;
  if (mounts) return sequence(...mounts.map((one) => session(one, { as: one.name })))(context, next);
  // A prerendered page has no query.
  const mode = context.isPrerendered ? undefined : context.url.searchParams.get("mode");
  return own[(mode ?? "streamed") as keyof typeof own](context, next);
});
