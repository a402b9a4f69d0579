import { SessionError } from "coatcheck";
import type { ErrorRequestHandler } from "express";
import { html } from "./html.ts";
import { page } from "./page.ts";

export const onError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) return next(error);
  const code = SessionError.is(error) ? error.code : "";
  if (code === "NOT_SIGNED_IN") return res.redirect(303, "/sign-in");
  const status: number = error.status ?? 500;
  if (status >= 500) console.error(error);
  res.status(status).send(page("That did not work", html`<p>${sentences[code] ?? "Please try again."}</p>`));
};

const sentences: Readonly<Record<string, string>> = {
  CROSS_SITE_REQUEST: "The form was too old, or not from this site. Nothing was changed. Load the page again.",
  SESSION_GONE: "You were signed out in the meantime. Nothing was changed.",
};
