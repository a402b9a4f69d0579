import { getIronSession, type SessionOptions } from "iron-session";
import { type BenchData, sessionData } from "../../data.ts";
import { newApp, plainRoute, run } from "./_express.ts";
import { type Start, views } from "./variant.ts";

const options: SessionOptions = {
  cookieName: "session",
  password: "a password for this benchmark only",
  cookieOptions: { secure: false },
};

/** It is no middleware: a handler that does not ask for the session pays nothing. */
export const start: Start = (size) => {
  const app = newApp();
  app.get("/fill", async (req, res) => {
    const session = await getIronSession<BenchData>(req, res, options);
    Object.assign(session, sessionData(size, Number(req.query.visitor)));
    await session.save();
    res.send("ok");
  });
  plainRoute(app);
  app.get("/read", async (req, res) => {
    const session = await getIronSession<BenchData>(req, res, options);
    res.send(views(session.views));
  });
  app.get("/write", async (req, res) => {
    const session = await getIronSession<BenchData>(req, res, options);
    const count = session.views + 1;
    session.views = count;
    await session.save();
    res.send(views(count));
  });
  return run(app);
};
