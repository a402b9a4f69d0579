import { SessionError, type SessionInfo } from "coatcheck";
import { requireUser } from "coatcheck/security";
import { Router } from "express";
import { field, hiddenToken } from "./form.ts";
import { type Html, html } from "./html.ts";
import { show } from "./page.ts";
import { sessions } from "./sessions.ts";

export const devices = Router();

devices.get("/devices", async (req, res) => {
  const session = sessions.get(req);
  requireUser(session); // without a user it throws NOT_SIGNED_IN, and errors.ts goes to the sign-in
  const token = await hiddenToken(req);
  const { sessions: own } = await sessions.of(session).list();
  const items = own.map((info) => (info.id === session.id ? thisOne(info) : other(info, token)));
  const content = html`
<ul>
${await Promise.all(items)}
</ul>
<form method="post" action="/devices/sign-out-others">
${token}
<button>Sign out all others</button>
</form>
<p><a href="/">Back</a></p>`;
  await show(req, res, "Where you are signed in", content);
});

devices.post("/devices/sign-out", async (req, res) => {
  const session = sessions.get(req);
  const isDone = await sessions.of(session).revoke(field(req, "id"));
  session.flash(isDone ? "It is signed out." : "It was not signed in any more.");
  res.redirect(303, "/devices");
});

devices.post("/devices/sign-out-others", async (req, res) => {
  const session = sessions.get(req);
  const count = await sessions.of(session).revokeOthers();
  session.flash(`Signed out: ${count}.`);
  res.redirect(303, "/devices");
});

async function thisOne(info: SessionInfo): Promise<Html> {
  return html`<li>${await description(info)}<b>This browser</b></li>`;
}

async function other(info: SessionInfo, token: Html): Promise<Html> {
  return html`<li>${await description(info)}
<form method="post" action="/devices/sign-out">
${token}
<button name="id" value="${info.id}">Sign out</button>
</form></li>`;
}

async function description({ id, lastSeenAt }: SessionInfo): Promise<Html> {
  return html`<span>${await nameOf(id)} <small>last seen ${lastSeenAt.toUTCString()}</small></span>`;
}

/** The list has no data of the sessions, so this looks into each. */
async function nameOf(id: string): Promise<string> {
  try {
    return await sessions.edit(id, (session) => session.get("browser") ?? "A browser");
  } catch (error) {
    if (SessionError.is(error) && error.code === "SESSION_GONE") return "A browser"; // it ended since it was listed
    throw error;
  }
}
