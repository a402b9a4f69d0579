import session, { type SessionData, type Store } from "express-session";
import { type BenchData, sessionData } from "../data.ts";
import { lifetime, type Subject } from "./subject.ts";

declare module "express-session" {
  interface SessionData extends Partial<BenchData> {}
}

const idOf = (number: number): string => `bench-${String(number).padStart(26, "0")}`;

/** What express-session hands to a store: the data with its own cookie object. */
function dataOf(number: number, views: number): SessionData {
  const cookie = new session.Cookie();
  cookie.originalMaxAge = lifetime;
  return { ...sessionData("500 B", number), views, cookie };
}

/** A store for express-session, by the calls that express-session makes. */
export function peer(name: string, store: Store, close: () => unknown): Subject {
  let next = 0;
  const get = (id: string): Promise<SessionData> =>
    new Promise((resolve, reject) =>
      store.get(id, (error, data) => (data ? resolve(data) : reject(error ?? new Error(`${name}: ${id} is missing`)))),
    );
  const done = (call: (settle: (error?: unknown) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
  const set = (id: string, data: SessionData): Promise<void> => done((settle) => store.set(id, data, settle));

  const create = (): Promise<void> => {
    const number = next++;
    return set(idOf(number), dataOf(number, 0));
  };

  return {
    name,
    create,
    createSignedIn: create,
    read: async (number) => void (await get(idOf(number))),
    replace: (number) => set(idOf(number), dataOf(number, 1)),
    touch: (number) =>
      done((settle) => store.touch?.(idOf(number), dataOf(number, 0), settle) ?? (store.touch ? undefined : settle())),
    async update(times) {
      const id = `update-${idOf(0)}`;
      await set(id, dataOf(0, 0));
      // What parallel requests do: each loads the session, changes it, and saves it.
      const request = async () => {
        const data = await get(id);
        await set(id, { ...dataOf(0, (data.views ?? 0) + 1) });
      };
      await Promise.all(Array.from({ length: times }, request));
      return (await get(id)).views ?? 0;
    },
    close: async () => void (await close()),
  };
}
