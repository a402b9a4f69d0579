/** Returns the error that Node throws for a header change after the headers were sent. */
export function headersSent(change: string): Error {
  const error = new Error(`Cannot ${change} headers after they are sent to the client`);
  return Object.assign(error, { code: "ERR_HTTP_HEADERS_SENT" });
}

/** Returns the error that Node has for a write after the end. */
export const afterEnd = (): Error =>
  Object.assign(new Error("write after end"), { code: "ERR_STREAM_WRITE_AFTER_END" });
