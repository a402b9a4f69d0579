import type { RequestHandler } from "express";

/**
 * Refuses forms that another site has sent. SameSite=Lax keeps the session cookie off most of them, but not off those
 * of a sibling host or of another port of this one, which browsers count as the same site. So the browser is asked who
 * sent the form: it sets these two headers by itself, and no page can forge them. A client that sends neither is no
 * browser, and has no cookies that another site could use.
 */
export const sameOriginOnly: RequestHandler = (req, res, next) => {
  const site = req.get("sec-fetch-site");
  const origin = req.get("origin");
  const isOwn =
    site === undefined
      ? origin === undefined || origin === `${req.protocol}://${req.get("host")}`
      : site === "same-origin" || site === "none";
  if (isOwn || req.method === "GET" || req.method === "HEAD") return next();
  res.status(403).type("text/plain").send("This form was sent from another site.\n");
};

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const securityHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    // Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
  });
  next();
};
