import type { Session } from "coatcheck";
import type { Random } from "../../support/random.ts";
import type { SessionInput, SessionOutput, Visit } from "../models/session-model.ts";

/** What a request may do beside looking at the session, and how often. */
export const acts = {
  look: 22,
  pair: 18,
  swap: 22,
  offer: 7,
  take: 7,
  flash: 6,
  flashes: 7,
  renew: 2,
  destroy: 0.4,
  revoke: 0.4,
};

export type Act = Exclude<keyof typeof acts, "look" | "revoke">;

export function inputOf(act: Act, era: string, value: () => string): SessionInput {
  if (act === "destroy") return { do: act };
  return act === "take" || act === "flashes" ? { do: act, era } : { do: act, era, value: value() };
}

/** The act itself. `undefined`: it becomes durable with the commit only. */
export async function carryOut(
  session: Session<Visit>,
  input: SessionInput,
  random: Random,
): Promise<SessionOutput | undefined> {
  switch (input.do) {
    case "pair":
      session.set("left", input.value).set("right", input.value);
      return undefined;
    case "offer":
      session.set("coupon", input.value);
      return undefined;
    case "flash":
      session.flash(input.value);
      return undefined;
    case "renew":
      session.set("era", input.value);
      if (random.chance(0.5)) session.regenerate();
      else session.login("ann");
      return undefined;
    case "swap": {
      let replaced: string | null = null;
      await session.update("last", (now) => {
        replaced = now ?? null;
        return input.value;
      });
      return { replaced };
    }
    case "take":
      return { taken: (await session.take("coupon")) ?? null };
    case "flashes":
      return { messages: await session.flashes<string>() };
    case "destroy":
      await session.destroy();
      return "done";
    default:
      throw new Error(`${input.do} is nothing that a handler does`);
  }
}
