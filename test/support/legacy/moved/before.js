import express from "express";
import session from "express-session";
import { store } from "./store.js";

export const app = express();
app.use(session({ secret: "keyboard cat", store, resave: false, saveUninitialized: false }));

app.post("/login/:user", (req, res, next) => {
  req.session.regenerate((error) => {
    if (error) return next(error);
    req.session.user = req.params.user;
    res.end("Hello.");
  });
});

app.get("/", (req, res) => {
  req.session.views = (req.session.views ?? 0) + 1;
  res.json({ user: req.session.user, views: req.session.views });
});

app.post("/logout", (req, res, next) => {
  req.session.destroy((error) => (error ? next(error) : res.end("Bye.")));
});
