/** The page, and its end of the socket. */
export const page = (apples: number, user: string | undefined): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Apples</title>
<style>
  body { font: 1.1rem/1.6 system-ui; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }
  form { display: inline }
</style>
<h1>Apples</h1>
<p>The basket of <b id="user">${escaped(user ?? "nobody")}</b> has <b id="apples">${apples}</b> apples, in all tabs.</p>
<p id="state">connecting</p>
<button id="add">Add an apple</button>
${user === undefined ? signIn : signOut}
<script type="module">
  const show = (id, text) => { document.getElementById(id).textContent = text };
  const socket = new WebSocket(location.href.replace("http", "ws"));
  socket.onopen = () => show("state", "connected");
  socket.onmessage = ({ data }) => show("apples", data);
  socket.onclose = ({ code, reason }) => {
    show("state", code === 4401 ? "session " + reason : "disconnected");
    // Signed in or out in another tab: this one has a new cookie by now.
    if (code === 4401) setTimeout(() => location.reload(), 500);
  };
  document.getElementById("add").onclick = () => socket.send("apple");
</script>
</html>
`;

const signIn = `<form method="post" action="/sign-in">
  <label>Name <input name="name" required></label>
  <button>Sign in</button>
</form>`;

const signOut = `<form method="post" action="/sign-out"><button>Sign out</button></form>`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
