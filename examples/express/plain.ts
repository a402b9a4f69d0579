import type { Session, Sessions } from "coatcheck";
import { session } from "coatcheck/express";
import { Router } from "express";
import type { Plain } from "./sessions.ts";

/**
 * Plain endpoints, to be tried with curl: `curl -c jar -b jar localhost:8080/set`. They change things on GET, which is
 * short to type and nothing to copy.
 */
export function plainEndpoints(plain: Sessions<Plain>): Router {
  const router = Router();
  const mount = session(plain, { as: "plain" });
  const get = (path: string, answer: (session: Session<Plain>) => string | Promise<string>): void => {
    router.get(path, mount, async (req, res) => {
      res.type("text/plain").send(await answer(plain.get(req)));
    });
  };

  get("/create-session", (session) => {
    session.set("foo", "bar").remember("7d");
    return "foo=bar";
  });
  get("/read-session", (session) => `foo=${session.get("foo") ?? ""}`);

  get("/set", (session) => {
    session.set("user_id", 123);
    return "Succeed";
  });
  get("/get", (session) => {
    const userId = session.get("user_id");
    return userId === undefined ? "Not authenticated" : `Authenticated as ${userId}`;
  });
  get("/clear", (session) => {
    session.delete("user_id");
    return "Cleared";
  });

  get("/flash/set", (session) => {
    session.flash("This is a flash message");
    return "Succeed";
  });
  get("/flash/get", async (session) => {
    const messages = await session.flashes<string>();
    return messages.join("\n") || "No flash message";
  });
  return router;
}
