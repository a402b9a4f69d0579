import { session } from "coatcheck/react-router";
import type { ReactNode } from "react";
import { isRouteErrorResponse, Links, Meta, Outlet, Scripts, ScrollRestoration } from "react-router";
import type { Route } from "./+types/root";
import { sessions } from "./sessions.server";

export const middleware: Route.MiddlewareFunction[] = session(sessions);

export function loader({ context }: Route.LoaderArgs) {
  return { user: sessions.get(context).userId };
}

const style = `
  body { font: 1.1rem/1.6 system-ui; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }
  form { display: inline }
`;

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <title>Apples</title>
        <link rel="icon" href="data:," />
        <style>{style}</style>
        <Meta />
        <Links />
      </head>
      <body>
        <h1>Apples</h1>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

/** Also where a session could not be stored: `error.data` is a sentence for the visitor. */
export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <p>{isRouteErrorResponse(error) ? `${error.status} ${error.data}` : "Something went wrong here."}</p>;
}
