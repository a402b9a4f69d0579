import type { Session } from "coatcheck";
import type { Token } from "../oracle/session.ts";
import type { RequestStep } from "../plan/plan.ts";
import type { Data } from "../world/process.ts";
import { cookieNames, cookiesFor, judgeOpening } from "./cookies.ts";
import { codeOf } from "./errors.ts";
import { perform } from "./operations.ts";
import { isNothing, type Pending } from "./pending.ts";
import { outcomeOfReuse, reuseOf } from "./reuse.ts";
import type { Stage } from "./stage.ts";
import { Visit } from "./visit.ts";

/** So long after its last commit a request has to look whether its token has ended, in milliseconds. */
const certainFor = 25;

/** Lets a client make a request, and takes its response to the oracle and into the client's cookies. */
export async function request(stage: Stage, step: RequestStep): Promise<void> {
  const process = stage.process(step.process);
  const client = stage.client(step.client);
  const presented = cookiesFor(stage, client, step);
  if (!process) return stage.world.trace.say(client.name, "finds nobody at work");
  const visit = new Visit(stage, process, `request ${step.id}`, ownerOf(stage, presented[0]) ?? client.name);
  const brings = cookieNames[presented.length === 0 ? "none" : step.cookie];
  stage.world.trace.say(client.name, `sends request ${step.id} to ${process.name} with ${brings}`);
  const handled = new Handled(visit, step, presented);
  const reuses = presented.flatMap((token) => reuseOf(visit, token, presented.length === 1));
  visit.own.push(...reuses.map(({ fact }) => fact));
  const cookie = presented.map((token) => `session=${token}`).join("; ");
  const headers: HeadersInit = cookie === "" ? {} : { cookie };
  const response = await process.sessions.handle(
    new Request("http://localhost/", { headers }),
    (_, session) => handled.run(session),
    { onError: (error) => handled.fail(error) },
  );
  handled.settle(response);
  const token = tokenIn(response);
  if (token) handled.deliver(token);
  for (const reuse of reuses) visit.settle(reuse.fact, outcomeOfReuse(visit, reuse));
  visit.over();
  visit.say(`is answered with ${response.status}${handled.word}${wordOf(token)}`);
  if (!step.isAwaited) return stage.world.trace.say(client.name, `has gone away before the response to ${step.id}`);
  if (token === undefined) return;
  if (client.token !== undefined && client.token !== token) client.oldTokens.push(client.token);
  client.token = token || undefined;
}

function ownerOf({ oracle }: Stage, token: string | undefined): string | undefined {
  const known = token === undefined ? undefined : oracle.token(token);
  return known && oracle.sessions.get(known.sessionId)?.owner;
}

/** The token that a response sets: "" if it takes it away, `undefined` if it says nothing of it. */
function tokenIn(response: Response): string | undefined {
  const [line] = response.headers.getSetCookie();
  return line === undefined ? undefined : (/^session=([^;]*)/.exec(line)?.[1] ?? "");
}

const wordOf = (token: string | undefined): string =>
  token === undefined ? "" : token === "" ? ", and the cookie is taken away" : ", with a cookie";

const statusOf = (error: unknown): number => Number((error as { status?: number }).status ?? 500);

/** What happens to one request in its process. */
class Handled {
  readonly #visit: Visit;
  readonly #step: RequestStep;
  readonly #presented: readonly string[];
  #session: Session<Data> | undefined;
  #hasReturned = false;
  #error: unknown;
  #returned = { began: 0, at: 0 };
  /** What was pending when the handler failed. A new session may have it all the same. */
  #left: readonly Pending[] = [];
  /** Its last commit was a while ago when the handler returned. */
  #isLate = false;

  constructor(visit: Visit, step: RequestStep, presented: readonly string[]) {
    this.#visit = visit;
    this.#step = step;
    this.#presented = presented;
  }

  async run(session: Session<Data>): Promise<Response> {
    const { isNew, id } = session;
    this.#session = session;
    this.#visit.checkTime(this.#visit.start, "its session");
    judgeOpening(this.#visit.stage, this.#presented, isNew ? undefined : id, {
      ...this.#visit.look(),
      own: this.#visit.own,
    });
    if (!isNew) this.#visit.opens(id);
    for (const [index, operation] of this.#step.operations.entries()) {
      await perform(this.#visit, session, operation, `${this.#step.id}.${index}`);
    }
    this.#hasReturned = true;
    this.#returned = this.#visit.stage.oracle.start();
    const { hasCommitted, pending, committedAt } = this.#visit;
    this.#isLate = hasCommitted && pending.every(isNothing) && this.#returned.at - committedAt > certainFor;
    return new Response(null, { status: this.#step.status });
  }

  fail(error: unknown): Response {
    this.#error = error;
    this.#visit.stage.checkError(this.#visit, error);
    return new Response(null, { status: statusOf(error) });
  }

  get word(): string {
    return this.#error === undefined ? "" : ` (${codeOf(this.#error)})`;
  }

  settle({ status }: Response): void {
    if (this.#hasReturned) this.#visit.checkTime(this.#returned, "its commit");
    const expected = this.#error === undefined ? this.#step.status : statusOf(this.#error);
    const { oracle } = this.#visit.stage;
    if (status !== expected) oracle.fail(`${this.#visit.name} was answered with ${status} instead of ${expected}`);
    if (this.#error !== undefined) this.#left = [...this.#visit.pending];
    if (this.#error !== undefined)
      this.#visit.failed(this.#hasReturned ? this.#visit.outcomeOf(this.#error) : "unknown");
    else if (status >= 500) this.#visit.failed("refused");
    else if (this.#session) {
      this.#visit.saved(this.#session.id);
      this.#visit.succeeded();
      this.#noteUse();
    }
  }

  /** The response has a token: whose it is, and whether it may have it. */
  deliver(text: string): void {
    const visit = this.#visit;
    const { oracle, world } = visit.stage;
    const [id = ""] = text.split(".");
    const known = oracle.token(text);
    if (known) {
      if (!visit.isTroubled && this.#isLate) oracle.delivered(known, visit.look(this.#returned));
      if (!this.#presented.includes(text)) oracle.handedOutAgain(known, visit.look());
      return;
    }
    if (this.#session && this.#session.id !== id) {
      oracle.fail(
        `${visit.name} worked on ${world.trace.name(this.#session.id)}, and its response has a token of ${world.trace.name(id)}`,
      );
    }
    const created = { ...oracle.now(), began: visit.start.began };
    const session = oracle.session(id, visit.owner, created, visit.start.at);
    if (session.creation.outcome !== "done") oracle.settle(session.creation, "done");
    for (const { sessionId, fact, move } of this.#left)
      if (sessionId !== id) move(session, { ...oracle.now(), began: fact.began, outcome: "unknown" });
    // The token of a periodic rotation may have been made by an earlier request, whose response is still under way.
    const began = visit.hasTurned ? visit.start.began : session.creation.began;
    const token: Token = {
      text,
      sessionId: id,
      issue: { ...oracle.now(), began },
      issuedFrom: visit.start.at,
      ends: [],
    };
    this.#endOthers(token);
    for (const turn of session.turns) {
      // Of another request at the same time: nobody knows which of the two came first.
      const isOther = !visit.turns.includes(turn) && turn.outcome !== "refused" && turn.ended > visit.start.began;
      const fact = { ...turn, ended: Number.POSITIVE_INFINITY, outcome: "unknown" as const };
      if (isOther) token.ends.push({ fact, why: "another login", grace: 0 });
    }
    oracle.issue(token);
  }

  /** From now on the token that it came with is handed out to nobody who comes with the one before. */
  #noteUse(): void {
    const { oracle } = this.#visit.stage;
    const [text, other] = this.#presented;
    const token = text === undefined || other !== undefined ? undefined : oracle.token(text);
    if (!token || token.sessionId !== this.#session?.id || this.#visit.isTroubled || this.#visit.lags) return;
    token.inUse ??= { ...oracle.now(), began: this.#visit.start.began };
  }

  /** A new token without a login is that of a periodic rotation, which keeps the one before it for a while. */
  #endOthers({ sessionId, issue: fact }: Token): void {
    const { oracle } = this.#visit.stage;
    const session = oracle.sessions.get(sessionId);
    if (!session || this.#visit.hasTurned) return;
    for (const other of session.tokens) {
      if (other.issue.ended < this.#visit.start.began)
        other.ends.push({ fact, why: "a periodic rotation", grace: oracle.limits.grace });
    }
  }
}
