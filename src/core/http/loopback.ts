import type { RequestHead } from "../../types/transport.ts";
import { splitHeaderList } from "./header-list.ts";

const loopbackHost = /^(?:(?:[a-z0-9_-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?$/i;
const loopbackAddress = /^(?:(?:::ffff:)?127(?:\.\d{1,3}){3}|::1|0:0:0:0:0:0:0:1)$/i;
const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i;

/**
 * What tells that a request did not begin on this very machine, where somebody could listen on the way; `undefined` where
 * nothing does. The Host header proves nothing alone: a proxy on this machine may have put it there for visitors from
 * anywhere, as nginx does by default.
 */
export function signOfDistance(head: RequestHead): string | undefined {
  const host = head.header("host") ?? authority.exec(head.url)?.[1];
  if (host === undefined) return "it names no host";
  if (!loopbackHost.test(host)) return `it was made to the host ${quoted(host)}`;
  const { peer, httpVersion } = head;
  // Requests that a host makes up, without a connection, have an empty address.
  const isKnown = peer !== undefined && peer !== "";
  if (isKnown && !loopbackAddress.test(peer)) return `its connection comes from ${quoted(peer)}`;
  return signOfProxy(head, httpVersion) ?? signOfPage(head.header("origin"));
}

/** Returns whether the request was made on this machine, so that no network can be listened to. */
export const isLoopback = (head: RequestHead): boolean => signOfDistance(head) === undefined;

const forwarding = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "via", "x-real-ip"];

/** A development server may pass requests on and say so, as Next.js does. It has to say that the client is here, too. */
function signOfProxy(head: RequestHead, httpVersion: string | undefined): string | undefined {
  if (httpVersion === "1.0") return "it is HTTP/1.0, which proxies speak and browsers do not";
  const found = forwarding.find((name) => head.header(name) !== undefined);
  if (found === undefined) return undefined;
  const passedOn = `its header ${found} says that a proxy passed it on`;
  if (splitHeaderList(head.header("x-forwarded-proto") ?? "", ",").some((word) => /^(?:https|wss)$/i.test(word))) {
    return "its header x-forwarded-proto says https, and is not believed";
  }
  const hosts = splitHeaderList(head.header("x-forwarded-host") ?? "", ",");
  const clients = splitHeaderList(head.header("x-forwarded-for") ?? "", ",");
  const areHere = clients.length > 0 && clients.every((client) => loopbackAddress.test(client));
  return areHere && hosts.every((host) => loopbackHost.test(host)) ? undefined : passedOn;
}

/** `null` and the schemes of extensions and applications do not say where a page is from. */
function signOfPage(origin: string | undefined): string | undefined {
  if (origin === undefined || !/^https?:/i.test(origin)) return undefined;
  const host = authority.exec(origin)?.[1];
  return host !== undefined && loopbackHost.test(host) ? undefined : `its page is of the origin ${quoted(origin)}`;
}

/** Quoted and cut for a log, because the client chose the text. */
const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
