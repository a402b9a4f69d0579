/** Counts, as a middleware may, each request that Nuxt handles; here those that say so. */
export default defineEventHandler((event) => {
  if (getRequestHeader(event, "x-counted") === undefined) return;
  const { session } = event.context;
  session.set("requests", (session.get("requests") ?? 0) + 1);
});
