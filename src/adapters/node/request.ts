import type { RequestHead } from "../../types/transport.ts";
import type { NodeRequest } from "./types.ts";

/** The request head of a Node request. */
export class NodeRequestHead implements RequestHead {
  readonly encrypted: boolean;
  readonly #req: NodeRequest;

  constructor(req: NodeRequest, encrypted: boolean) {
    this.#req = req;
    this.encrypted = encrypted;
  }

  get method(): string {
    return this.#req.method ?? "GET";
  }

  /** The URL as the client sent it. Routers strip their mount path from `url`. */
  get url(): string {
    const { originalUrl, url } = this.#req as { originalUrl?: string; url?: string };
    return originalUrl ?? url ?? "/";
  }

  /** `undefined` where it came by a socket of the file system, or is over. */
  get peer(): string | undefined {
    return this.#req.socket?.remoteAddress;
  }

  get httpVersion(): string | undefined {
    return this.#req.httpVersion;
  }

  header(name: string): string | undefined {
    const { headers } = this.#req;
    // HTTP/2 names the host in a pseudo-header (RFC 9113 section 8.3.1).
    const value = headers[name] ?? (name === "host" ? headers[":authority"] : undefined);
    return typeof value === "object" ? value.join(", ") : value;
  }
}

/** Returns whether this connection itself uses TLS. */
export function isEncrypted(req: NodeRequest): boolean {
  return (req.socket as { encrypted?: boolean } | undefined)?.encrypted === true;
}
