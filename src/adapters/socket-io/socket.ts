import type { RequestHead } from "../../types/transport.ts";
import type { SocketSession } from "../shared/sockets/sockets.ts";

/** The used part of a Socket.IO `Socket`. */
export interface SocketLike<Data extends object, Name extends string = "session"> {
  readonly handshake: {
    readonly url: string;
    readonly secure: boolean;
    readonly address?: string | undefined;
    readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  };
  readonly conn: {
    once(event: "close", listener: () => void): unknown;
    off(event: "close", listener: () => void): unknown;
  };
  readonly data: { [K in Name]?: SocketSession<Data> };
  disconnect(close?: boolean): unknown;
}

/** The untyped methods of a socket: a typed `Server` accepts only the application's own events. */
export interface Emitter {
  emit(event: string, argument: unknown): unknown;
  once(event: string, listener: () => void): unknown;
}

/** Returns the head of the request that opened the socket. */
export const headOf = ({ handshake: { url, secure, address, headers } }: SocketLike<never, never>): RequestHead => ({
  method: "GET",
  url,
  encrypted: secure,
  peer: address,
  header: (name) => {
    const value = headers[name];
    return typeof value === "object" ? value.join(", ") : value;
  },
});
