export default defineEventHandler(({ context: { session } }) => session.toObject());
