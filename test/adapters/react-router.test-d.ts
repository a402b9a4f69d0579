// Compiled, never run: what React Router's types see of the adapter.
import { createSessions, type Session } from "coatcheck";
import { session, sessionStorageOf } from "coatcheck/react-router";
import { cookieStore } from "coatcheck/stores/cookie";
import {
  createContext,
  type LoaderFunctionArgs,
  type MiddlewareFunction,
  type RouteObject,
  type SessionStorage,
} from "react-router";

interface Visit {
  views: number;
}
interface Taste {
  theme: "light" | "dark";
}

const visits = createSessions<Visit>();
const tastes = createSessions<Taste>({ name: "taste", store: cookieStore({ keys: ["key"] }) });
const visitContext = createContext<Session<Visit>>();

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(_value?: T): void => undefined;

export const middleware: MiddlewareFunction<Response>[] = [
  ...session(visits, { as: visitContext }),
  ...session(tastes, { lazy: true }),
];
export const route: RouteObject = { path: "/", middleware: session(visits) };

export function loader({ context }: LoaderFunctionArgs): void {
  const visit = sessions(context);
  visit.set("views", 1);
  // @ts-expect-error not a number
  visit.set("views", "1");
  yes<Equal<ReturnType<typeof visits.get>, Session<Visit>>>();
  tastes.get(context).set("theme", "dark");
  // @ts-expect-error not a theme
  tastes.get(context).set("theme", "blue");
}
const sessions = (context: LoaderFunctionArgs["context"]): Session<Visit> => context.get(visitContext);

export function wrong(): void {
  // @ts-expect-error a context of another session
  session(tastes, { as: visitContext });
  // @ts-expect-error what is mounted is a manager of sessions
  session({});
  // @ts-expect-error not an option
  session(visits, { name: "visit" });
}

interface Flash {
  error: string;
}
const ours = sessionStorageOf<Visit, Flash>(visits);
export const storage: SessionStorage<Visit, Flash> = ours;

export async function stored(request: Request): Promise<void> {
  const visit = await ours.getSession(request);
  visit.flash("error", "Wrong password");
  yes<Equal<ReturnType<typeof visit.get<"views">>, number | undefined>>();
  yes<Equal<ReturnType<typeof visit.get<"error">>, string | undefined>>();
  // @ts-expect-error only for the next get()
  visit.set("error", "Wrong password");
  // @ts-expect-error neither data nor flash
  visit.get("theme");
  await ours.commitSession(visit, { maxAge: 60 });
  // @ts-expect-error for all sessions in createSessions({ cookie })
  await ours.commitSession(visit, { domain: "shop.example" });
}
