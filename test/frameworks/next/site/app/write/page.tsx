import type { SessionError } from "coatcheck";
import { read } from "../../sessions";

/** Tries to change a session that can only be read; the compiler says no, too. */
export default async function Page() {
  const session = await read();
  const attempts: (() => unknown)[] = [
    // @ts-expect-error: a page cannot write.
    () => session.set("views", 1),
    // @ts-expect-error: nor delete.
    () => session.delete("views"),
    // @ts-expect-error: nor do what is durable on its own.
    () => session.update("views", (views = 0) => views + 1),
    // @ts-expect-error: nor take messages.
    () => session.flashes(),
    // @ts-expect-error: nor sign in.
    () => session.login("ada"),
    // @ts-expect-error: nor out.
    () => session.destroy(),
    // @ts-expect-error: nor save.
    () => session.save(),
    // @ts-expect-error: there is no such key.
    () => session.get("no such key"),
  ];
  const outcomes = await Promise.all(attempts.map(async (attempt) => attempt()).map((done) => done.then(told, told)));
  return <pre>{JSON.stringify(outcomes)}</pre>;
}

const told = (outcome: unknown): string => {
  const { code = "none", message = "" } = Object(outcome) as Partial<SessionError>;
  return `${code}: ${message}`;
};
