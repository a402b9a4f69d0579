import { createServerFn } from "@tanstack/react-start";

// The middleware of start.ts gives every server function the session, with its type.

export const visitPage = createServerFn().handler(async ({ context: { session } }) => {
  const views = (session.get("views") ?? 0) + 1;
  session.set("views", views);
  return { views, apples: session.get("apples") ?? 0, user: session.userId, messages: await session.flashes<string>() };
});

export const addApple = createServerFn({ method: "POST" }).handler(async ({ context: { session } }) => {
  await session.update("apples", (apples = 0) => apples + 1);
});

export const signIn = createServerFn({ method: "POST" })
  .validator((form: FormData) => ({ name: String(form.get("name")) }))
  .handler(({ data: { name }, context: { session } }) => {
    // Check the password here.
    session.login(name);
    session.flash(`Welcome, ${name}.`);
  });

export const signOut = createServerFn({ method: "POST" }).handler(async ({ context: { session } }) => {
  await session.destroy();
});
