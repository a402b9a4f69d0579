import { blankState, makeId } from "./blank.ts";
import { applyChange, stamped } from "./change.ts";
import type { Engine } from "./engine.ts";
import { expired, touchDue } from "./expiry.ts";
import { fitForStore, fitSchema } from "./fit.ts";
import type { Held, Keeper, Opened, Wish } from "./keeper.ts";
import { refuse } from "./open-stored.ts";
import { formatBody, parseBody, type SessionState } from "./record.ts";
import type { SealedStore } from "./store.ts";

/** Sessions without a store: the client's token is the sealed state itself. */
export function sealedKeeper(engine: Engine, store: SealedStore): Keeper {
  const { config, clock, emit } = engine;
  const binding = () => ({ name: config.name, now: clock.now(), absoluteTimeout: config.limits.absolute });

  const open = async (presented: string): Promise<Opened | undefined> => {
    const unsealed = await store.unseal(presented, binding());
    if ("refused" in unsealed) return refuse(engine, unsealed.refused, undefined);
    const state = readState(unsealed.text);
    if (!state) return refuse(engine, "corrupt", undefined);
    const over = expired(state, config.limits, clock.now());
    if (over) return refuse(engine, over, state.id);
    const fitted = fitSchema(state.entries, config);
    if ("problem" in fitted) return refuse(engine, "schema", state.id);
    emit({ type: "opened", id: state.id, userId: state.userId });
    // A token that an older key opened is not the one to keep: without it here, this state is sealed again.
    const token = unsealed.stale ? undefined : presented;
    return { state: { ...state, entries: fitted.entries }, token, presented, standing: "current" };
  };

  const next = async (state: SessionState, { change, seen }: Wish): Promise<Held | undefined> => {
    const changed = applyChange(state, { ...change, rotation: undefined });
    if (changed === state && state.version > 0) return undefined;
    const entries = fitForStore(changed.entries, config);
    const after = stamped({ ...changed, entries, version: state.version + 1 }, clock.now(), seen, config.limits);
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

/** `undefined` for an authentic text of another shape: another release or another use of the key. */
function readState(text: string): SessionState | undefined {
  try {
    const end = text.indexOf("\n");
    const [id, version, userId, createdAt, lastSeenAt, expiresAt] = JSON.parse(text.slice(0, end));
    return {
      id,
      version,
      userId: userId ?? undefined,
      createdAt,
      lastSeenAt,
      expiresAt,
      ...parseBody(text.slice(end + 1)),
    };
  } catch {
    return undefined;
  }
}
