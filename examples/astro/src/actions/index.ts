import { defineAction } from "astro:actions";
import { z } from "astro/zod";

export const server = {
  addApple: defineAction({
    accept: "form",
    handler: (_, { locals: { session } }) => session.update("apples", (apples = 0) => apples + 1),
  }),

  signIn: defineAction({
    accept: "form",
    input: z.object({ name: z.string().min(1) }),
    handler: ({ name }, { locals: { session } }) => {
      // A real application asks for more than a name.
      session.login(name);
      session.flash(`Welcome, ${name}.`);
    },
  }),

  signOut: defineAction({
    accept: "form",
    handler: (_, { locals: { session } }) => session.destroy(),
  }),
};
