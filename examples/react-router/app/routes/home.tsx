import { Form, useRouteLoaderData } from "react-router";
import type { loader as rootLoader } from "../root";
import { sessions } from "../sessions.server";
import type { Route } from "./+types/home";

// Runs beside the loader of root.tsx, on the same session.
export async function loader({ context }: Route.LoaderArgs) {
  const visit = sessions.get(context);
  const views = (visit.get("views") ?? 0) + 1;
  visit.set("views", views);
  return { views, apples: visit.get("apples") ?? 0, messages: await visit.flashes<string>() };
}

export default function Home({ loaderData: { views, apples, messages } }: Route.ComponentProps) {
  const user = useRouteLoaderData<typeof rootLoader>("root")?.user;
  return (
    <>
      <ul id="messages">
        {messages.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
      <p>
        Visit number <b id="views">{views}</b> of <b id="user">{user ?? "nobody"}</b>, with <b id="apples">{apples}</b>{" "}
        apples.
      </p>
      <Form method="post" action="/apples">
        <button type="submit">Add an apple</button>
      </Form>{" "}
      {user === undefined ? <SignIn /> : <SignOut />}
    </>
  );
}

function SignIn() {
  return (
    <Form method="post" action="/sign-in">
      <label>
        Name <input name="name" required />
      </label>{" "}
      <button type="submit">Sign in</button>
    </Form>
  );
}

function SignOut() {
  return (
    <Form method="post" action="/sign-out">
      <button type="submit">Sign out</button>
    </Form>
  );
}
