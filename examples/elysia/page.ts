export interface Shown {
  readonly views: number;
  readonly apples: number;
  readonly user: string | undefined;
  readonly messages: readonly string[];
}

export function page({ views, apples, user, messages }: Shown): string {
  const list = messages.map((message) => `<li>${Bun.escapeHTML(message)}</li>`).join("");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Apples</title>
<link rel="icon" href="data:,">
<style>
  body { font: 1.1rem/1.6 system-ui; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }
  form { display: inline }
</style>
<h1>Apples</h1>
<ul id="messages">${list}</ul>
<p><b id="user">${Bun.escapeHTML(user ?? "nobody")}</b> was here <b id="views">${views}</b> times and has <b id="apples">${apples}</b> apples.</p>
<form method="post" action="/apples"><button>Add an apple</button></form>
${user === undefined ? signIn : signOut}
</html>
`;
}

const signIn = `<form method="post" action="/sign-in">
  <label>Name <input name="name" required></label>
  <button>Sign in</button>
</form>`;

const signOut = `<form method="post" action="/sign-out"><button>Sign out</button></form>`;
