const isPage = ({ headers, body }: Response): boolean =>
  body !== null && headers.get("content-type")?.startsWith("text/html") === true;

/** A page when all of its components have run. An error of any of them is thrown here. */
export async function whole(page: Response): Promise<Response> {
  return isPage(page) ? new Response(await page.arrayBuffer(), page) : page;
}

/** A page whose first bytes are there. An error of components that did not wait for anything is thrown here. */
export async function begun(page: Response): Promise<Response> {
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
