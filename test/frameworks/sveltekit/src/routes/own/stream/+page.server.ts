import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => {
  locals.session.set("views", 1);
  return { later: changeLater(locals) };
};

/** Sets again what is set until the page has begun, and that is refused. */
async function changeLater({ session }: App.Locals): Promise<string> {
  for (let waits = 0; waits < 500; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      session.set("views", 1);
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
  return "still open";
}
