/** What a component cannot do with the session; compiled only. */
export function misuse(): void {
  // @ts-expect-error: views is a number
  useSession()?.set("views", "1");
}
