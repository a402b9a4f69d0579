import type { Act, Deed } from "../protocol.ts";
import { asVisitor, type Client } from "./client.ts";
import { visit } from "./user-data.ts";

type VisitorAct = Extract<
  Act,
  "look" | "set" | "offer" | "take" | "count" | "flash" | "flashes" | "login" | "regenerate" | "destroy"
>;

/** What visitors do, and how often. */
export const visitorActs: Readonly<Record<VisitorAct, number>> = {
  ...{ look: 14, set: 14, offer: 6, take: 6, count: 20, flash: 10, flashes: 5 },
  ...{ login: 2, regenerate: 2, destroy: 0.3 },
};

const lifetime = 2_000;

/** Sits down at one of the seats and does this. A free seat of one's own gets a new visitor. */
export async function visitSeat(client: Client, act: VisitorAct): Promise<void> {
  const { seats, random, name } = client;
  const seat = seats.pick(random);
  const token = seats.token(seat);
  if (token === undefined) {
    if (seats.isOwn(seat)) await enter(client, seat);
    return;
  }
  const key = `coupon ${client.names[random.below(client.names.length)]}`;
  const deed: Deed = { act, seat, token };
  const write: Deed = { ...deed, key: name, value: client.value() };
  const { value = "" } = write;
  switch (act) {
    case "look":
      return asVisitor(client, { ...deed, key: name }, (session) => ({ text: textOf(session.get(name)) }));
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
      return asVisitor(client, { ...deed, key }, async (session) => ({ text: textOf(await session.take(key)) }));
    case "count":
      return asVisitor(client, deed, async (session) => ({ number: Number(await session.update("n", plusOne)) }));
    case "flash":
      return asVisitor(client, { ...deed, value }, (session) => {
        session.flash(value);
        return undefined;
      });
    case "flashes":
      return asVisitor(client, deed, async (session) => ({ texts: await session.flashes<string>() }));
    case "login":
      return asVisitor(client, { ...write, user: seats.userOf(seat) }, (session) => {
        session.set(name, value).login(seats.userOf(seat));
        return undefined;
      });
    case "regenerate":
      return asVisitor(client, write, (session) => {
        session.set(name, value).regenerate();
        return undefined;
      });
    case "destroy":
      return asVisitor(client, deed, async (session) => {
        await session.destroy();
        return {};
      });
  }
}

/** A new session, half of the time with a login at once. */
async function enter(client: Client, seat: number): Promise<void> {
  const user = client.random.chance(0.5) ? client.seats.userOf(seat) : undefined;
  const value = client.value();
  await asVisitor(client, { act: "enter", seat, key: client.name, value, user }, (session) => {
    session.set(client.name, value);
    if (user !== undefined) session.login(user);
    return undefined;
  });
}

/** A session that ends by itself, for prune to find. */
export async function stayBriefly(client: Client): Promise<void> {
  const { teller, sessions, seats, name } = client;
  const value = client.value();
  await teller.perform({ act: "fleeting", key: name, value, lifetime }, async () => {
    const { failure, given } = await visit(sessions, undefined, (session) => {
      session.set(name, value).expireAfter({ absolute: `${lifetime}ms` });
    });
    if (failure !== undefined) throw failure;
    if (given !== undefined) seats.remember(given);
    return { outcome: "done", given };
  });
}

/** A thief or an old tab with a token that was good once. */
export async function haunt(client: Client): Promise<void> {
  const token = client.seats.past(client.random);
  if (token === undefined) return;
  await client.teller.perform({ act: "haunt", token }, async () => {
    const { failure, isNothing } = await visit(client.sessions, token, () => undefined);
    if (failure !== undefined) throw failure;
    return { outcome: isNothing ? "nothing" : "done" };
  });
}

export const plusOne = (number: string | number | undefined): number => Number(number ?? 0) + 1;

const textOf = (value: string | number | undefined): string | null => (value === undefined ? null : `${value}`);
