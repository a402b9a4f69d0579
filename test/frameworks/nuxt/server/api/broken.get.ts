export default defineEventHandler((event) => {
  event.context.session.set("views", 99);
  throw createError({ status: Number(getQuery(event).status) });
});
