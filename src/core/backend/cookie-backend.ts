import type { SealBinding, SealedStore } from "../../types/store.ts";
import { noEntries } from "../record/entries.ts";
import { formatBody, parseBody, type SessionState } from "../record/record.ts";
import { fitForStore, fitOnLoad } from "../record/validate-data.ts";
import type { Engine } from "../runtime/context.ts";
import { applyChange, stamped } from "../state/change.ts";
import { expired, touchDue } from "../state/expiry.ts";
import { blankState, makeId } from "../state/new-session.ts";
import { isUnreadable, refuse, unfit } from "./authenticate.ts";
import type { Held, Keeper, Opened, Unreadable, Wish } from "./backend.ts";

/** Sessions without a store: the client's token is the sealed state itself. */
export function sealedKeeper(engine: Engine, store: SealedStore): Keeper {
  const { config, clock, emit } = engine;
  const { name, namespace, application = "" } = config;
  const bound = { name, namespace, application, absoluteTimeout: config.limits.absolute };
  const binding = (): SealBinding => ({ ...bound, now: clock.now() });

  const open = async (presented: string): Promise<Opened | Unreadable | undefined> => {
    const unsealed = await store.unseal(presented, binding());
    if ("refused" in unsealed) return refuse(engine, unsealed.refused, undefined);
    const facts = readFacts(unsealed.text);
    if (!facts) return refuse(engine, "corrupt", undefined);
    let state: SessionState;
    try {
      state = { ...facts, ...parseBody(bodyOf(unsealed.text)) };
    } catch (error) {
      if (!isUnreadable(error)) return refuse(engine, "corrupt", undefined);
      const known = { ...facts, control: {}, entries: noEntries, kept: noEntries };
      return unfit(engine, "unsupported-format", facts.id, error, { state: known, presented, standing: "current" });
    }
    const over = expired(state, config.limits, clock.now());
    return over ? refuse(engine, over, state.id) : openState(state, presented, unsealed.stale);
  };

  const openState = (state: SessionState, presented: string, isStale: boolean): Opened | Unreadable => {
    try {
      const fitted = fitOnLoad(state, config);
      emit({ type: "opened", id: state.id, userId: state.userId });
      // A token that an older key opened is not the one to keep: without it here, this state is sealed again.
      return { state: fitted, token: isStale ? undefined : presented, presented, standing: "current" };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return unfit(engine, "schema", state.id, error, { state, presented, standing: "current" });
    }
  };

  const next = async (state: SessionState, { change, seen }: Wish): Promise<Held | undefined> => {
    const changed = applyChange(state, { ...change, rotation: undefined });
    if (changed === state && state.version > 0) return undefined;
    const fitted = fitForStore(changed, state.version > 0 ? state : undefined, config);
    const after = stamped({ ...fitted, version: state.version + 1 }, clock.now(), seen, config.limits);
    return { state: after, token: await store.seal(writeState(after), binding()) };
  };

  return {
    kind: "sealed",
    open: async (tokens) => {
      for (const presented of tokens.slice(0, 3)) {
        const opened = await open(presented);
        if (opened) return opened;
      }
      return undefined;
    },
    create: async (wish, id) => {
      const blank = blankState(engine, id ?? makeId(engine));
      const held = (await next(blank, wish)) ?? { state: blank };
      emit({ type: "created", id: held.state.id });
      return held;
    },
    // Login and regenerate give the session a new id here: nothing else tells the two apart.
    commit: async (held, wish) => {
      const renewed = wish.change.rotation && { ...held.state, id: makeId(engine) };
      const after = await next(renewed ?? held.state, wish);
      if (!after) return renewed ? { state: renewed } : held;
      emit({ type: "committed", id: after.state.id, attempts: 1 });
      return after;
    },
    touch: async ({ state }) => {
      const now = clock.now();
      if (!touchDue(state, config.limits, now)) return undefined;
      emit({ type: "touched", id: state.id });
      return { state: stamped(state, now, true, config.limits) };
    },
    remove: async ({ state }) => emit({ type: "destroyed", id: state.id }),
    withdraw: async () => undefined,
    // There is nothing to compare with.
    confirm: async (held) => held,
    token: async (held) => held.token ?? (await store.seal(writeState(held.state), binding())),
  };
}

/** The facts of the session in one line of JSON, and its body behind it. */
function writeState(state: SessionState): string {
  const { id, version, userId = null, createdAt, lastSeenAt, expiresAt } = state;
  return `${JSON.stringify([id, version, userId, createdAt, lastSeenAt, expiresAt])}\n${formatBody(state)}`;
}

type Facts = Omit<SessionState, "control" | "entries" | "kept">;

/** `undefined` for an authentic text of another shape: another use of the key. */
function readFacts(text: string): Facts | undefined {
  try {
    const [id, version, userId, createdAt, lastSeenAt, expiresAt] = JSON.parse(text.slice(0, text.indexOf("\n")));
    return { id, version, commitId: "", userId: userId ?? undefined, createdAt, lastSeenAt, expiresAt };
  } catch {
    return undefined;
  }
}

const bodyOf = (text: string): string => text.slice(text.indexOf("\n") + 1);
