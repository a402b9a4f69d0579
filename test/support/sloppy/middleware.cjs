// Middleware that keeps what it needs as properties of req.session, on the adapter that is named.
const { createSessions } = require("coatcheck");
const { memoryStore } = require("coatcheck/stores/memory");
const express = require("express");

const sessions = createSessions({ store: memoryStore(), pruneInterval: false, observer: () => undefined });
const app = express().set("env", "test");
app.use(require(`coatcheck/${process.argv[2]}`).session(sessions));

app.use("/flash", require("connect-flash")());
app.get("/flash/put", (req, res) => res.json(req.flash("info", "Saved")));
app.get("/flash/take", (req, res) => res.json(req.flash("info")));

app.use("/form", require("csurf")());
app.all("/form", (req, res) => res.json(req.csrfToken()));

app.get("/member", require("connect-ensure-login").ensureLoggedIn("/sign-in"), (_req, res) => res.json("in"));
app.get("/return-to", (req, res) => res.json(req.session.returnTo));

app.use((error, _req, res, _next) => res.status(error.status ?? 500).json({ message: error.message }));
app.listen(0, "127.0.0.1", function () {
  process.stdout.write(`${this.address().port}\n`);
});
