import type { Action, Operation } from "../protocol.ts";
import { asVisitor, type Client } from "./client.ts";
import { visit } from "./user-data.ts";

type VisitorAction = Extract<
  Action,
  "look" | "set" | "offer" | "take" | "count" | "flash" | "flashes" | "login" | "regenerate" | "destroy"
>;

/** What visitors do, and how often. */
export const visitorActions: Readonly<Record<VisitorAction, number>> = {
  ...{ look: 14, set: 14, offer: 6, take: 6, count: 20, flash: 10, flashes: 5 },
  ...{ login: 2, regenerate: 2, destroy: 0.3 },
};

const lifetime = 2_000;

/** Runs the action with the session of a random slot. Creates a session if the slot is empty and belongs to this process. */
export async function visitSlot(client: Client, action: VisitorAction): Promise<void> {
  const { slots, random, name } = client;
  const slot = slots.pick(random);
  const token = slots.token(slot);
  if (token === undefined) {
    if (slots.isOwn(slot)) await enter(client, slot);
    return;
  }
  const key = `coupon ${client.names[random.below(client.names.length)]}`;
  const operation: Operation = { action, slot, token };
  const write: Operation = { ...operation, key: name, value: client.value() };
  const { value = "" } = write;
  switch (action) {
    case "look":
      return asVisitor(client, { ...operation, key: name }, (session) => ({ text: textOf(session.get(name)) }));
    case "set":
      return asVisitor(client, write, (session) => {
        if (random.chance(0.2)) session.remember(random.chance(0.5));
        session.set(name, value);
        return undefined;
      });
    case "offer":
      return asVisitor(client, { ...write, key: `coupon ${name}` }, (session) => {
        session.set(`coupon ${name}`, value);
        return undefined;
      });
    case "take":
      return asVisitor(client, { ...operation, key }, async (session) => ({ text: textOf(await session.take(key)) }));
    case "count":
      return asVisitor(client, operation, async (session) => ({ number: Number(await session.update("n", plusOne)) }));
    case "flash":
      return asVisitor(client, { ...operation, value }, (session) => {
        session.flash(value);
        return undefined;
      });
    case "flashes":
      return asVisitor(client, operation, async (session) => ({ texts: await session.flashes<string>() }));
    case "login":
      return asVisitor(client, { ...write, user: slots.userOf(slot) }, (session) => {
        session.set(name, value).login(slots.userOf(slot));
        return undefined;
      });
    case "regenerate":
      return asVisitor(client, write, (session) => {
        session.set(name, value).regenerate();
        return undefined;
      });
    case "destroy":
      return asVisitor(client, operation, async (session) => {
        await session.destroy();
        return {};
      });
  }
}

/** A new session, half of the time with a login at once. */
async function enter(client: Client, slot: number): Promise<void> {
  const user = client.random.chance(0.5) ? client.slots.userOf(slot) : undefined;
  const value = client.value();
  await asVisitor(client, { action: "enter", slot, key: client.name, value, user }, (session) => {
    session.set(client.name, value);
    if (user !== undefined) session.login(user);
    return undefined;
  });
}

/** A session that ends by itself, for prune to find. */
export async function createShortLived(client: Client): Promise<void> {
  const { recorder, sessions, slots, name } = client;
  const value = client.value();
  await recorder.perform({ action: "shortLived", key: name, value, lifetime }, async () => {
    const { failure, given } = await visit(sessions, undefined, (session) => {
      session.set(name, value).expireAfter({ absolute: `${lifetime}ms` });
    });
    if (failure !== undefined) throw failure;
    if (given !== undefined) slots.remember(given);
    return { outcome: "done", given };
  });
}

/** A thief or an old tab with a token that was good once. */
export async function replay(client: Client): Promise<void> {
  const token = client.slots.past(client.random);
  if (token === undefined) return;
  await client.recorder.perform({ action: "replay", token }, async () => {
    const { failure, isNothing } = await visit(client.sessions, token, () => undefined);
    if (failure !== undefined) throw failure;
    return { outcome: isNothing ? "nothing" : "done" };
  });
}

export const plusOne = (number: string | number | undefined): number => Number(number ?? 0) + 1;

const textOf = (value: string | number | undefined): string | null => (value === undefined ? null : `${value}`);
