/** What a command sees of the process that it runs in. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output. */
  print(text: string): void;
  /** Writes to standard error. */
  warn(text: string): void;
  /** Standard error, if a person looks at it: a line may be drawn again and again there. */
  readonly terminal: { draw(line: string): void } | undefined;
  /** Aborted by Ctrl-C, so that a command can end in order. A second one ends the process. */
  interrupted(): AbortSignal;
}

export function nodeHost(): Host {
  const { stdout, stderr, env } = process;
  // A reader that has seen enough, as in `coatcheck list | head`, is no error.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  return {
    env,
    print: (text) => void stdout.write(text),
    warn: (text) => void stderr.write(text),
    terminal: stderr.isTTY ? { draw: (line) => void stderr.write(`\r\u001b[K${line}`) } : undefined,
    interrupted: () => {
      const controller = new AbortController();
      process.once("SIGINT", () => controller.abort());
      return controller.signal;
    },
  };
}
