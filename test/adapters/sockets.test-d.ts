// Compiled, never run: what applications with sockets see.
import type { Server as HttpServer } from "node:http";
import type { Session, SessionManager, Sessions } from "coatcheck";
import { type SocketSession, session } from "coatcheck/socket-io";
import { upgrade } from "coatcheck/ws";
import type { DefaultEventsMap, Server } from "socket.io";
import type { WebSocket, WebSocketServer } from "ws";

interface Visit {
  views: number;
}
interface Taste {
  theme: string;
}
interface Shop {
  apple: (answer: (apples: number) => void) => void;
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(_value?: T): void => undefined;

declare const visits: Sessions<Visit>;
declare const tastes: Sessions<Taste>;
declare const sealed: SessionManager<Visit>;

export function socketIo(
  plain: Server,
  typed: Server<
    Shop,
    DefaultEventsMap,
    DefaultEventsMap,
    { session: SocketSession<Visit>; taste: SocketSession<Taste> }
  >,
): void {
  plain.use(session(visits));
  plain
    .of("/shop")
    .use(session(visits, { authorize: ({ userId }) => userId !== undefined, origins: [], recheck: "5s" }));
  typed.use(session(visits)).use(session(tastes, { as: "taste" }));
  typed.on("connection", ({ data }) => {
    yes<Equal<typeof data.session, SocketSession<Visit>>>();
    const views = data.session.edit((now) => {
      yes<Equal<typeof now, Session<Visit>>>();
      return now.get("views");
    });
    yes<Equal<typeof views, Promise<number | undefined>>>();
  });
  // @ts-expect-error what the session held when the socket was opened is out of date
  typed.on("connection", ({ data }) => data.session.get("views"));
  // @ts-expect-error sessions of another kind of data
  typed.use(session(tastes));
  // @ts-expect-error a socket looks its session up by id, which a sealed one does not have
  plain.use(session(sealed));
}

export function ws(server: HttpServer, sockets: WebSocketServer): void {
  server.on(
    "upgrade",
    upgrade(visits, sockets, (socket, session, { url }) => {
      yes<Equal<typeof socket, WebSocket>>();
      yes<Equal<typeof session, SocketSession<Visit>>>();
      socket.send(`${url} ${session.id}`);
    }),
  );
  // @ts-expect-error not a WebSocketServer
  upgrade(visits, server, () => undefined);
  // @ts-expect-error a socket looks its session up by id, which a sealed one does not have
  upgrade(sealed, sockets, () => undefined);
}
