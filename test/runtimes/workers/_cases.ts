export interface Case {
  readonly title: string;
  run(): Promise<void>;
}

/** Inside a worker: runs the case that the request's body names, and says "passed" or why not. */
export async function answerCases(request: Request, cases: readonly Case[]): Promise<Response> {
  const title = await request.text();
  const found = cases.find((one) => one.title === title);
  if (!found) return new Response(`There is no case "${title}" in this worker.`);
  try {
    await found.run();
    return new Response("passed");
  } catch (error) {
    return new Response(String((error as Error).stack ?? error));
  }
}
