import type { Sessions } from "../../types/sessions.ts";
import { checkMount } from "../shared/mount-options.ts";
import { defineSession } from "../shared/session-property.ts";
import { refusalResponse } from "../shared/sockets/refusal.ts";
import { admission, type SessionEnd, type SocketOptions, socketKeys } from "../shared/sockets/sockets.ts";
import { type Emitter, headOf, type SocketLike } from "./socket.ts";

export type { SessionEnd, SocketSession } from "../shared/sockets/sockets.ts";
export type { SocketLike } from "./socket.ts";

/** Options of `session()`. */
export interface SocketIoOptions<Data extends object, Name extends string = "session"> extends SocketOptions<Data> {
  /** The property of `socket.data` that holds the session. @default "session" */
  readonly as?: Name | undefined;
}

/** A middleware for `io.use()`, which puts a session on each socket. */
export type SocketMiddleware<Data extends object, Name extends string = "session"> = (
  socket: SocketLike<Data, Name>,
  next: (error?: Error) => void,
) => void;

/**
 * Returns middleware for Socket.IO 4: `io.use(session(sessions))`, then `socket.data.session`.
 *
 * A client without a session, or a page of another origin, is refused: its `connect_error` has the matching HTTP status
 * as `error.data.status`. When a session ends, its sockets get the event "session" with a `SessionEnd` and are
 * disconnected, together with their connection, whose cookie is no longer valid.
 */
export function session<Data extends object, Name extends string = "session">(
  sessions: Sessions<Data>,
  options: SocketIoOptions<Data, Name> = {},
): SocketMiddleware<Data, NoInfer<Name>> {
  checkMount<SocketIoOptions<Data>>(sessions, options as SocketIoOptions<Data>, { ...socketKeys, as: true });
  const { as = "session" } = options;
  const admit = admission(sessions, options);
  return async (socket, next) => {
    const { conn, data } = socket;
    const { emit, once } = socket as unknown as Emitter;
    let isClosed = false;
    let stop = (): void => undefined;
    const close = (): void => {
      isClosed = true;
      stop();
      conn.off("close", close);
    };
    once.call(socket, "disconnect", close);
    // A client that leaves before it was accepted causes no "disconnect" event.
    conn.once("close", close);
    try {
      const { session, watch } = await admit(headOf(socket));
      defineSession(data, as, session);
      const onEnd = (end: SessionEnd): void => {
        emit.call(socket, "session", end);
        socket.disconnect(true);
      };
      if (!isClosed) stop = watch(onEnd);
    } catch (error) {
      close();
      const { status, message } = refusalResponse(error);
      return next(Object.assign(new Error(message), { data: { status } }));
    }
    next();
  };
}
