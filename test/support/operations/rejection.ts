/** What an async function of another library returns that rejects: no `Promise` of this realm, and told by its shape only. */
export function rejection() {
  return {
    isCaught: false,
    // biome-ignore lint/suspicious/noThenProperty: it stands for a promise
    then(_: unknown, reject?: (error: Error) => void): void {
      this.isCaught = reject !== undefined;
      reject?.(new Error("the log is down"));
    },
  };
}
