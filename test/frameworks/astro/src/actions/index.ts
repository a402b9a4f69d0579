import { ActionError, defineAction } from "astro:actions";
import { z } from "astro/zod";

export const server = {
  signIn: defineAction({
    accept: "form",
    input: z.object({ name: z.string() }),
    handler: ({ name }, { locals: { session } }) => {
      session.set("views", 1);
      if (name === "nobody") throw new ActionError({ code: "FORBIDDEN", message: "not you" });
      if (name === "bug") throw new ActionError({ code: "INTERNAL_SERVER_ERROR", message: "a bug" });
      session.login(name);
    },
  }),
};
