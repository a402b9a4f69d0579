const isPage = ({ headers, body }: Response): boolean =>
  body !== null && headers.get("content-type")?.startsWith("text/html") === true;

/** Waits until all components of a page have rendered. Throws the error of any of them. */
export async function buffered(page: Response): Promise<Response> {
  return isPage(page) ? new Response(await page.arrayBuffer(), page) : page;
}

/** Waits for the first bytes of a page. Throws the error of components that fail before their first `await`. */
export async function afterFirstChunk(page: Response): Promise<Response> {
  if (!isPage(page)) return page;
  const reader = page.body!.getReader();
  const { done, value: first } = await reader.read();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (done) controller.close();
      else controller.enqueue(first);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, page);
}
