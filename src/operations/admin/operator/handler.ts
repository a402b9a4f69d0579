import type { Session } from "../../../types/session.ts";
import type { Sessions } from "../../../types/sessions.ts";
import { quietly } from "../../shared/quietly.ts";
import { noMethod, notFound, pageResponse, seeOther, withoutBody } from "../page/answer.ts";
import { type Html, html } from "../page/html.ts";
import { message } from "../page/message.ts";
import type { PageHandler } from "../page/middleware.ts";
import { protect } from "../page/protection.ts";
import { fieldsOf, type PageRequest, type Question, questionOf } from "../page/request.ts";
import { act } from "./actions.ts";
import { History } from "./history.ts";
import { Counter } from "./live-count.ts";
import { type AdminOptions, checkAdminOptions } from "./options.ts";
import { overviewView } from "./overview.ts";
import { search } from "./search.ts";
import { foundView } from "./session-list.ts";

/** Its messages are kept apart from the application's. */
const CHANNEL = "coatcheck.admin";

/**
 * Creates the page for operators: live sessions, what this process has seen of them, search by user or by public id,
 * buttons that end one session, a user's or all, and the policy in force with its weak spots. It shows no token and no
 * secret, and of the data only the `keys` that are named. It needs no script. The operator's own session, which holds the
 * token of `csrf()`, may be of another manager.
 *
 * It watches the manager from this call on, so create it once, at the start.
 *
 * @example
 * const admin = adminHandler(sessions, { authorize: (req) => isOperator(sessions.get(req).userId) });
 * app.all("/admin/sessions", pageMiddleware(sessions, admin));
 *
 * @throws SessionError INVALID_OPTION
 */
export function adminHandler<
  Data extends object,
  Request extends PageRequest = PageRequest,
  OwnData extends object = Data,
>(sessions: Sessions<Data>, options: AdminOptions<Request>): PageHandler<OwnData, Request> {
  checkAdminOptions(options as AdminOptions);
  const { authorize, keys = [], watch, audit, tool, home, csrf } = options;
  const protection = protect(csrf);
  const history = new History();
  const counter = new Counter(tool?.count ?? (() => sessions.count()));
  if (!tool) sessions.observe(history.observe);

  const isOperator = async (request: Request): Promise<boolean> => (await authorize(request)) === true;

  const page = (title: string, content: Html, status = 200): Promise<Response> => {
    const link = home === undefined ? undefined : { path: home, text: "Back" };
    return pageResponse({ title, lang: "en", home: link, content }, status);
  };

  const view = async (session: Session<OwnData>, { query, method }: Question): Promise<Response> => {
    const text = query.get("q") ?? "";
    const now = Date.now();
    const found = text === "" ? undefined : await search(sessions, text, query.get("cursor"), keys);
    const live = found ? undefined : await counter.get();
    const isHead = method === "HEAD";
    const token = isHead ? "" : await protection.token(session as Session<never>);
    const note = isHead ? undefined : (await session.flashes<string>(CHANNEL))[0];
    const policy = sessions.policy();
    const title = `Sessions: ${policy.namespace}`;
    const content = html`<div class="hero"><h1>Sessions</h1><p class="lead">${policy.namespace}, kept in ${policy.store}</p></div>
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
<form method="get" class="card" role="search"><label for="q">User id or public session id</label>
<div class="row"><input type="text" id="q" name="q" value="${text}" autocomplete="off" autocapitalize="off" spellcheck="false" required><button class="primary">Search</button>${found && html`<a href="?">Back to the overview</a>`}</div></form>
${found && foundView(found, token, now)}
${live && overviewView({ live, history: tool ? undefined : history, watch, policy, token, now })}`;
    return page(note === undefined ? title : `${note} ${title}`, content);
  };

  const post = async (request: Request, session: Session<OwnData>, question: Question): Promise<Response> => {
    const fields = await fieldsOf(request);
    if (fields === undefined || !protection.allows(request, session as Session<never>, fields)) {
      const why = "This form is from before you signed in or out, or from another site. Load the page again.";
      return page(
        "Nothing was changed",
        message("Nothing was changed", why, "Load the page again"),
        fields ? 403 : 413,
      );
    }
    if (!(await protection.isOpen(session as Session<never>)) || !(await isOperator(request))) return notFound();
    const { id, userId } = session;
    const { note, endsOwn } = await act(sessions, { id, userId }, fields, (action) => {
      if (action.type !== "end-session") counter.forget();
      quietly(() => audit?.(action, request));
    });
    if (endsOwn) return page(note, message(note, "Your own session may have been among them.", "Load the page again"));
    session.flash(note, CHANNEL);
    const text = question.query.get("q");
    return seeOther(text === null ? "?" : `?q=${encodeURIComponent(text)}`);
  };

  return async (request, session) => {
    // First, because authorize may ask the session.
    await session.load();
    if (!(await isOperator(request))) return notFound();
    const question = questionOf(request);
    if (!["GET", "HEAD", "POST"].includes(question.method)) return noMethod(question.method);
    if (question.method === "POST") return post(request, session, question);
    const response = await view(session, question);
    return question.method === "HEAD" ? withoutBody(response) : response;
  };
}
