import { createRootRoute, HeadContent, Outlet, Scripts } from "@tanstack/react-router";

const style = `
  body { font: 1.1rem/1.6 system-ui; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }
  form { display: inline }
`;

export const Route = createRootRoute({
  head: () => ({
    meta: [{ charSet: "utf-8" }, { title: "Apples" }],
    links: [{ rel: "icon", href: "data:," }],
    styles: [{ children: style }],
  }),
  component: Page,
});

function Page() {
  return (
    <html lang="en">
      <head>
        <HeadContent />
      </head>
      <body>
        <h1>Apples</h1>
        <Outlet />
        <Scripts />
      </body>
    </html>
  );
}
