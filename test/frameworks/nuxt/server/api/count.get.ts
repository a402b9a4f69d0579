export default defineEventHandler(({ context: { session } }) => {
  session.set("views", (session.get("views") ?? 0) + 1);
  return `views: ${session.get("views")}`;
});
