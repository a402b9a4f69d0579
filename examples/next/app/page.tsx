import { read } from "../sessions";
import { addApple, signIn, signOut } from "./actions";

export default async function Page() {
  const session = await read();
  const { userId } = session;
  return (
    <main>
      <h1>Sessions in Next.js</h1>
      <Messages />
      <p>
        You are <b id="user">{userId ?? "nobody"}</b>, this is visit <b id="views">{session.get("views") ?? 0}</b>, and
        your basket has <b id="apples">{session.get("apples") ?? 0}</b> apples.
      </p>
      <form action={addApple}>
        <button type="submit">Add an apple</button>
      </form>
      {userId === undefined ? (
        <form action={signIn}>
          <label>
            Name <input name="name" required maxLength={60} />
          </label>{" "}
          <button type="submit">Sign in</button>
        </form>
      ) : (
        <form action={signOut}>
          <button type="submit">Sign out</button>
        </form>
      )}
    </main>
  );
}

/** Reads the same session: it was loaded once for the whole page. */
async function Messages() {
  const session = await read();
  return (
    <ul id="messages">
      {session.get("messages")?.map((message) => (
        <li key={message}>{message}</li>
      ))}
    </ul>
  );
}
