/**
 * Lists headers for the response to a sign-out: the browser drops the pages and the storage that it keeps of this site
 * (W3C Clear Site Data), so that the back button shows nothing. The cookie is not among them: `destroy()` expires it.
 *
 * @example
 * await session.destroy();
 * res.set(signOutHeaders).redirect("/");
 */
export const signOutHeaders: { readonly "Clear-Site-Data": string; readonly "Cache-Control": string } = {
  "Clear-Site-Data": '"cache", "storage"',
  "Cache-Control": "no-store",
};
