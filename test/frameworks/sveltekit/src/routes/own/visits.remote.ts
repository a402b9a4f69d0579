import { command, getRequestEvent } from "$app/server";

export const count = command("unchecked", async (ends: string) => {
  const { session } = getRequestEvent().locals;
  session.set("views", (session.get("views") ?? 0) + 1);
  if (ends === "badly") throw new Error("a bug of the application");
  return session.get("views");
});
