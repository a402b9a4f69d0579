import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => {
  locals.session.set("views", 99);
  throw new Error("a bug of the application");
};
