import { type ReactNode, Suspense } from "react";

/** The static shell of all pages, for those of ../site, too, which know of no `<Suspense>`. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Suspense fallback={<p>a moment</p>}>{children}</Suspense>
      </body>
    </html>
  );
}
