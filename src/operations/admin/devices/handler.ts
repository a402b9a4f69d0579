import { signOutHeaders } from "../../../security/sign-out.ts";
import type { Session } from "../../../types/session.ts";
import type { Sessions } from "../../../types/sessions.ts";
import { jsonResponse, noMethod, pageResponse, seeOther, withoutBody } from "../page/answer.ts";
import type { Html } from "../page/html.ts";
import { message } from "../page/message.ts";
import type { PageHandler } from "../page/middleware.ts";
import { protect } from "../page/protection.ts";
import { fieldsOf, type PageRequest, type Question, questionOf } from "../page/request.ts";
import { fillText } from "../page/words.ts";
import { listDevices } from "./devices.ts";
import { checkDevicesOptions, type DevicesOptions } from "./options.ts";
import { devicesView } from "./view.ts";

/** Its messages are kept apart from the application's. */
const CHANNEL = "coatcheck.devices";

/** What a form has done, for the next page. */
type Note = { readonly ended: number; readonly all: boolean };

/**
 * Creates the page "where you are signed in" for the signed-in user: each session with its label, when it was seen last
 * and since when it is signed in; buttons that sign out one of them, or all others. It needs no script. Who asks for
 * `application/json` gets the same as JSON.
 *
 * A fetch framework calls it with its `Request` and the session. `pageMiddleware()` mounts it on Express and on Node.
 *
 * @example
 * const devices = devicesHandler(sessions, { signIn: "/sign-in" });
 * const respond = (request: Request) => sessions.handle(request, devices);
 *
 * @throws SessionError INVALID_OPTION
 */
export function devicesHandler<Data extends object>(
  sessions: Sessions<Data>,
  options: DevicesOptions = {},
): PageHandler<Data> {
  const { label, signIn, signedOut, home, words, lang, csrf } = checkDevicesOptions(options);
  const protection = protect(csrf);
  const page = (title: string, content: Html, status = 200): Promise<Response> => {
    const link = home === undefined ? undefined : { path: home, text: words.home };
    return pageResponse({ title, lang, home: link, content }, status);
  };

  const stranger = async ({ json }: Question): Promise<Response> => {
    if (json) return jsonResponse({ error: "NOT_SIGNED_IN" }, 401);
    if (signIn !== undefined) return seeOther(signIn);
    return page(words.notSignedIn, message(words.notSignedIn, words.signIn), 401);
  };

  const show = async (session: Session<Data>, { query, json, method }: Question): Promise<Response> => {
    const list = await listDevices(sessions, session, label, query.get("cursor"));
    const token = method === "HEAD" ? "" : await protection.token(session as Session<never>);
    if (json) return jsonResponse({ ...list, csrf: token });
    const [note] = method === "HEAD" ? [] : await session.flashes<Note>(CHANNEL);
    const told = note && fillText(sentenceFor(note), { count: note.ended });
    const view = devicesView({ ...list, note: told, token, words, lang, now: Date.now() });
    return page(told === undefined ? words.title : `${told} ${words.title}`, view);
  };

  const sentenceFor = ({ ended, all }: Note): string => {
    if (all) return words.didSignOutOthers;
    return ended > 0 ? words.didSignOut : words.wasGone;
  };

  const act = async (request: PageRequest, session: Session<Data>, question: Question): Promise<Response> => {
    const { json } = question;
    const fields = await fieldsOf(request);
    if (fields === undefined || !protection.allows(request, session as Session<never>, fields)) {
      const status = fields === undefined ? 413 : 403;
      if (json) return jsonResponse({ error: status === 413 ? "TOO_LARGE" : "CROSS_SITE_REQUEST" }, status);
      return page(words.refused, message(words.refused, words.refusedWhy, words.again), status);
    }
    if (!(await protection.isOpen(session as Session<never>))) return stranger(question);
    const { end = "" } = fields;
    const own = sessions.of(session);
    const isThis = end === session.id;
    const all = end === "others";
    const ended = all ? await own.revokeOthers() : Number(await own.revoke(end));
    if (json) return jsonResponse({ ended });
    if (isThis) return seeOther(signedOut, signOutHeaders);
    session.flash({ ended, all } satisfies Note, CHANNEL);
    return seeOther("?");
  };

  return async (request, session) => {
    const question = questionOf(request);
    if (!["GET", "HEAD", "POST"].includes(question.method)) return noMethod(question.method);
    await session.load();
    if (session.userId === undefined) return stranger(question);
    if (question.method === "POST") return act(request, session, question);
    const response = await show(session, question);
    return question.method === "HEAD" ? withoutBody(response) : response;
  };
}
