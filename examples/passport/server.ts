import { SessionError } from "coatcheck";
import { session } from "coatcheck/passport";
import express, { type ErrorRequestHandler } from "express";
import { page } from "./page.ts";
import { sessions } from "./sessions.ts";
import { passport } from "./users.ts";

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(session(sessions), passport.session());

app.get("/", async (req, res) => {
  const visit = sessions.get(req);
  const views = (visit.get("views") ?? 0) + 1;
  visit.set("views", views);
  const messages = await visit.flashes<string>();
  res.send(page({ views, apples: visit.get("apples") ?? 0, user: req.user?.name, messages }));
});

app.post("/apples", async (req, res) => {
  await sessions.get(req).update("apples", (apples = 0) => apples + 1);
  res.redirect(303, "/");
});

// keepSessionInfo: the basket stays the visitor's when they sign in.
app.post("/sign-in", passport.authenticate("local", { keepSessionInfo: true, failureRedirect: "/" }), (req, res) => {
  sessions.get(req).flash(`Welcome, ${req.user?.name}.`);
  res.redirect(303, "/");
});

app.post("/sign-out", (req, res, next) => {
  req.logout((error) => (error ? next(error) : res.redirect(303, "/")));
});

const answerError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) return next(error);
  if (!(error instanceof SessionError)) console.error(error);
  res
    .status(error.status ?? 500)
    .type("text/plain")
    .send("Please try again.");
};
app.use(answerError);

const port = Number(process.env.PORT ?? 3000);
const server = app.listen(port, () => console.log(`http://localhost:${port}`));

process.once("SIGINT", () => {
  server.close(() => sessions.close().then(() => process.exit()));
  server.closeAllConnections();
});
