import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => {
  locals.session.set("views", 1);
  return { later: changeLater(locals) };
};

/** The page has begun when this runs. */
async function changeLater({ session }: App.Locals): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  try {
    session.set("views", 2);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "changed";
}
