import type { Sessions } from "coatcheck";
import type { Action } from "../protocol.ts";
import type { Client } from "./client.ts";
import { type Data, visit } from "./user-data.ts";
import { plusOne } from "./user-operations.ts";

type AdministratorAction = Extract<
  Action,
  "find" | "edit" | "revoke" | "revokeAll" | "list" | "prune" | "limitedLogin"
>;

/** What is done behind the visitors' backs, and how often. */
export const administratorActions: Readonly<Record<AdministratorAction, number>> = {
  ...{ find: 4, edit: 8, revoke: 0.1, revokeAll: 0.06, list: 3, prune: 0.4, limitedLogin: 1.5 },
};

export const limitedUsers: readonly string[] = ["limited-0", "limited-1"];
export const mostPerUser = 3;

export async function administrate(client: Client, action: AdministratorAction): Promise<void> {
  const { sessions, slots, recorder, random } = client;
  const past = random.chance(0.2) ? slots.past(random) : undefined;
  const token = past ?? slots.token(slots.pick(random));
  if (token === undefined) return;
  const id = idOf(token);
  const user = slots.anyUser(random);
  switch (action) {
    case "find":
      await recorder.perform({ action, id }, async () => {
        return { outcome: (await sessions.find(id)) === undefined ? "nothing" : "done" };
      });
      return;
    case "edit":
      await recorder.perform({ action, id }, async () => {
        const number = await sessions.edit(id, (session) => session.update("n", plusOne));
        return { outcome: "done", number: Number(number) };
      });
      return;
    case "revoke":
      await recorder.perform({ action, id }, async () => {
        await sessions.revoke(id, { anyUser: true });
        return { outcome: "done" };
      });
      return;
    case "revokeAll": {
      const except = random.chance(0.5) ? id : undefined;
      await recorder.perform({ action, user, except }, async () => {
        await sessions.revokeAll(user, { except });
        return { outcome: "done" };
      });
      return;
    }
    case "list":
      await recorder.perform({ action, user }, async () => {
        return { outcome: "done", texts: await listAll(sessions, user, 1 + random.below(20)) };
      });
      return;
    case "prune":
      await recorder.perform({ action }, async () => {
        await sessions.prune();
        return { outcome: "done" };
      });
      return;
    case "limitedLogin": {
      const limitedUser = limitedUsers[random.below(limitedUsers.length)] ?? "";
      await recorder.perform({ action, user: limitedUser }, async () => {
        const { failure } = await visit(client.limited, undefined, (session) => session.login(limitedUser));
        if (failure !== undefined) throw failure;
        return { outcome: "done" };
      });
    }
  }
}

/** The ids of all sessions of one user, page by page. */
export async function listAll(sessions: Sessions<Data>, userId: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await sessions.list({ userId, limit, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.sessions.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}

export const idOf = (token: string): string => token.slice(0, token.indexOf("."));
