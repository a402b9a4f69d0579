export interface Shown {
  readonly views: number;
  readonly apples: number;
  readonly user: string | undefined;
  readonly messages: readonly string[];
}

export const page = ({ views, apples, user, messages }: Shown): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Apples</title>
<style>
  body { font: 1.1rem/1.6 system-ui; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }
  form { display: inline }
</style>
<h1>Apples</h1>
<ul id="messages">${messages.map((message) => `<li>${escaped(message)}</li>`).join("")}</ul>
<p>Visit number <b id="views">${views}</b> of <b id="user">${escaped(user ?? "nobody")}</b>, with <b id="apples">${apples}</b> apples.</p>
<form method="post" action="/apples"><button>Add an apple</button></form>
${user === undefined ? signIn : signOut}
</html>
`;

const signIn = `<form method="post" action="/sign-in">
  <label>Name <input name="name" required></label>
  <button>Sign in</button>
</form>`;

const signOut = `<form method="post" action="/sign-out"><button>Sign out</button></form>`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
