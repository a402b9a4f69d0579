import { stamp } from "../../../src/testing/store/rule.ts";
import {
  type Content,
  type RecordInput,
  type RecordOutput,
  type RecordState,
  recordModel,
} from "../models/record-model.ts";
import { type RegisterInput, register } from "../models/register.ts";
import { type SessionInput, type SessionOutput, type SessionState, sessionModel } from "../models/session-model.ts";
import type { Simulated } from "./simulation.ts";

/** What clients might ask of each model, for simulations. */
export const registerAsked: Simulated<string, RegisterInput, string | boolean> = {
  model: register,
  ask(state, random, n) {
    const value = `v${n}`;
    const act = random.weighted({ read: 1, write: 1, swap: 1 });
    if (act === "read") return { do: act };
    return act === "write" ? { do: act, value } : { do: act, expected: random.chance(0.7) ? state : "", value };
  },
};

export const recordAsked: Simulated<RecordState, RecordInput, RecordOutput> = {
  model: recordModel,
  ask(state, random, n) {
    const times = () => ({ lastSeenAt: random.below(3), expiresAt: 100 + random.below(3) });
    const content = (version: number): Content => ({ ...stamp(version), body: `b${n}`, createdAt: 0, ...times() });
    if (n === 0) return { do: "create", content: content(1) };
    const version = state === "absent" ? 1 : state.version;
    const expected = Math.max(1, random.chance(0.2) ? version + 1 - random.below(3) : version);
    const act = random.weighted({ read: 30, replace: 30, touch: 30, delete: 2 });
    if (act === "replace") return { do: act, content: content(expected + 1), expected: stamp(expected) };
    return act === "touch" ? { do: act, expected: stamp(expected), ...times() } : { do: act };
  },
};

export const sessionAsked: Simulated<SessionState, SessionInput, SessionOutput> = {
  model: sessionModel,
  ask(state, random, n) {
    if (n === 0) return { do: "issue", data: { era: "e0" } };
    const now = typeof state === "string" ? "e0" : state.data.era;
    const era = random.chance(0.9) ? now : "e0";
    const value = `v${n}`;
    const act = random.weighted({
      ...{ open: 30, pair: 10, swap: 10, offer: 5, take: 5, flash: 5, flashes: 5, renew: 1 },
      ...{ destroy: 0.1, revoke: 0.1 },
    });
    switch (act) {
      case "open":
        return random.chance(0.5) ? { do: act } : { do: act, era };
      case "take":
      case "flashes":
        return { do: act, era };
      case "destroy":
      case "revoke":
        return { do: act };
      default:
        return { do: act, era, value };
    }
  },
};
