export default defineEventHandler(({ context: { session } }) => {
  session.login("ada");
  return `user: ${session.userId}`;
});
