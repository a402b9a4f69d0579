import { createFileRoute, useRouter } from "@tanstack/react-router";
import { addApple, signIn, signOut, visitPage } from "../actions";

export const Route = createFileRoute("/")({ loader: () => visitPage(), component: Home });

function Home() {
  const { views, apples, user, messages } = Route.useLoaderData();
  const router = useRouter();
  /** Runs a server function with the form, and then the loader again. */
  const then = (act: (form: FormData) => Promise<unknown>) => async (form: FormData) => {
    await act(form);
    await router.invalidate();
  };
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
      <form action={then(() => addApple())}>
        <button type="submit">Add an apple</button>
      </form>{" "}
      {user === undefined ? (
        <form action={then((data) => signIn({ data }))}>
          <label>
            Name <input name="name" required />
          </label>{" "}
          <button type="submit">Sign in</button>
        </form>
      ) : (
        <form action={then(() => signOut())}>
          <button type="submit">Sign out</button>
        </form>
      )}
    </>
  );
}
