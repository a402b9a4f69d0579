import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import type { TestResponse } from "./harness.ts";
import type { AdapterApp, Data, Reply } from "./rule.ts";

/** The session as the handlers below report it in their response body. */
export interface ReportedSession {
  readonly id: string;
  readonly isNew: boolean;
  readonly userId?: string;
  readonly data: Data;
}

export function reportSession(session: Session<Data>): Reply {
  const { id, isNew, userId } = session;
  return { body: JSON.stringify({ id, isNew, userId, data: session.toObject() }) };
}

export const reported = ({ body }: TestResponse): ReportedSession => JSON.parse(body) as ReportedSession;

/** Handlers that most cases need. */
export function basics(sessions: SessionManager<Data>): AdapterApp {
  const route =
    (act: (session: Session<Data>) => unknown): AdapterApp[string] =>
    async ({ session }) => {
      const current = session(sessions);
      await act(current);
      return reportSession(current);
    };
  return {
    "/plain": () => ({ body: "plain" }),
    "/read": route(() => undefined),
    "/write": route((session) => session.set("views", Number(session.get("views") ?? 0) + 1)),
    "/login": route((session) => session.login("ada")),
    "/regenerate": route((session) => session.regenerate()),
    "/destroy": ({ session }) =>
      session(sessions)
        .destroy()
        .then(() => ({ body: "destroyed" })),
  };
}

/** Returns an error with a status, as applications throw it for their framework. */
export const httpError = (status: number): Error => Object.assign(new Error(`thrown with ${status}`), { status });

export const gate = (): { readonly passed: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
};

/** Parses a `Set-Cookie` line into name, value and lower-case attributes. */
export function parseCookie(line = ""): { name: string; value: string; attributes: string[] } {
  const [pair = "", ...attributes] = line.split(/;\s*/);
  const at = pair.indexOf("=");
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes: attributes.map((one) => one.toLowerCase()) };
}
