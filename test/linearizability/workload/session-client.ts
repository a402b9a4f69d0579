import { AsyncLocalStorage } from "node:async_hooks";
import { generateKey, type Session, SessionError, type Sessions } from "coatcheck";
import type { Random } from "../../support/random.ts";
import { type SessionInput, type SessionOutput, type Visit, visitOf } from "../models/session-model.ts";
import type { SessionTable, Target, Token } from "../models/session-table.ts";
import { comeBackLater } from "./patience.ts";
import type { Ongoing, Recorder } from "./recorder.ts";
import { type Act, acts, carryOut, inputOf } from "./session-acts.ts";
import { byId, byToken } from "./session-doors.ts";

export interface SessionClientOptions {
  readonly name: string;
  /** With `generateId` from here. */
  readonly sessions: Sessions<Visit>;
  readonly table: SessionTable;
  /** The store's answers may get lost. */
  readonly isFaulty: boolean;
  readonly random: Random;
  readonly recorder: Recorder<SessionInput, SessionOutput>;
}

const ids = new AsyncLocalStorage<string>();

/** Lets clients issue sessions under ids that clients of other processes know beforehand. */
export const generateId = (): string => ids.getStore() ?? generateKey();

/** The library's word that nothing was stored; that of a commit only. Who issues or ends a session has to look again. */
const certain: readonly unknown[] = ["STORE_UNAVAILABLE", "STORE_TIMEOUT", "COMMIT_TIMEOUT"];

const codeOf = (error: unknown): string | undefined => (error instanceof SessionError ? error.code : undefined);

/** Goes on after what a store in trouble causes, and only then. */
async function recover(error: unknown, random: Random): Promise<void> {
  const code = codeOf(error);
  if (code !== "COMMIT_UNKNOWN" && !certain.includes(code)) throw error;
  await comeBackLater(random);
}

/** Does something at random with each call, on sessions that other clients use too: as a visitor or as a job. */
export function sessionClient(options: SessionClientOptions): () => Promise<void> {
  const { name, table, random } = options;
  let values = 0;
  const value = (): string => `${name}.${values++}`;

  return async () => {
    const target = table.pick(random);
    if (target.isToBeIssued) return table.issue(target, () => issue(options, target, value()));
    const act = random.weighted(acts);
    if (act === "revoke") return revoke(options, target);
    const token = random.chance(act === "renew" ? 1 : 0.5) ? table.token(target, random) : undefined;
    await visit(options, target, token, token || act !== "renew" ? act : "look", value);
  };
}

async function issue(
  { name, sessions, random, recorder }: SessionClientOptions,
  { id }: Target,
  era: string,
): Promise<Token | undefined> {
  const issuing = recorder.begin(id, name, { do: "issue", data: { era } });
  try {
    const user = random.chance(0.5) ? { userId: "ann" } : {};
    const { token } = await ids.run(id, () => sessions.issue({ data: { era }, ...user }));
    issuing.answered("done");
    return { era, token };
  } catch (error) {
    // Should it be there, nobody has its token: the library ends it, at some time.
    recorder.begin(id, name, { do: "withdraw", era });
    await recover(error, random);
    return undefined;
  }
}

async function revoke(
  { name, sessions, table, random, recorder }: SessionClientOptions,
  target: Target,
): Promise<void> {
  const revoking = recorder.begin(target.id, name, { do: "revoke" });
  try {
    revoking.answered(await sessions.revoke(target.id, { anyUser: true }));
    table.ended(target);
  } catch (error) {
    await recover(error, random);
  }
}

async function visit(
  { name, sessions, table, isFaulty, random, recorder }: SessionClientOptions,
  target: Target,
  token: Token | undefined,
  act: Act | "look",
  value: () => string,
): Promise<void> {
  const begin = (input: SessionInput, start?: number) => recorder.begin(target.id, name, input, start);
  const opening = begin({ do: "open", ...(token && { era: token.era }) });
  /** What has had no answer yet. */
  let open: Ongoing<SessionOutput> | undefined = opening;
  const answer = (output: SessionOutput): void => {
    open?.answered(output);
    open = undefined;
  };
  let input: SessionInput | undefined;

  const work = async (session: Session<Visit>): Promise<void> => {
    // A visitor whose token opens nothing has a new session.
    if (session.isNew) return answer("gone");
    const found = visitOf(session.toObject() as Visit);
    answer({ found });
    table.met(target);
    if (act === "look") return;
    input = inputOf(act, found.era, value);
    // Those messages are handed out that were there when the session was loaded.
    open = begin(input, act === "flashes" ? opening.start : undefined);
    const output = await carryOut(session, input, random);
    if (output !== undefined) answer(output);
    if (act === "destroy") table.ended(target);
  };

  try {
    const given = await (token ? byToken(sessions, token.token) : byId(sessions, target.id))(work);
    // A login that finds its session gone makes another one.
    const isOther = given !== undefined && !given.startsWith(`${target.id}.`);
    answer(isOther ? "gone" : "done");
    if (input?.do === "renew" && given !== undefined && !isOther)
      table.given(target, { era: input.value, token: given });
  } catch (error) {
    const code = codeOf(error);
    if (code === "SESSION_GONE") {
      if (open === opening) table.ended(target);
      // What was stored without an answer may be gone with the session.
      if (isFaulty && input && "era" in input) begin({ do: "miss", era: input.era }, open?.start).answered("gone");
      else answer("gone");
      return;
    }
    if (certain.includes(code) && act !== "destroy") open?.failed(`${code}`);
    else if (input?.do === "renew") begin({ do: "withdraw", era: input.value });
    await recover(error, random);
  }
}
