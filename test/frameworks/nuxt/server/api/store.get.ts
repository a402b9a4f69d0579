/** Tells how often the store was asked, after it is told how it is. */
export default defineEventHandler((event) => {
  health.isWritable = getQuery(event).is !== "down";
  return health.reads;
});
