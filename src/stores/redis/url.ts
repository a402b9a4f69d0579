import { invalidOption } from "../../types/errors.ts";

/** The server or cluster that a URL names. */
export interface RedisServer {
  /** The `redis://` or `rediss://` URL of the server; empty for a cluster. */
  readonly url: string;
  /** The nodes of a cluster. */
  readonly cluster: RedisCluster | undefined;
}

export interface RedisCluster {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly isSecure: boolean;
}

/** Parses a Redis URL. @throws SessionError INVALID_OPTION without the URL in its message, which may hold a password */
export function parseUrl(url: string): RedisServer {
  const [, scheme, cluster, rest = ""] = /^(rediss?)(\+cluster)?:\/\/(.*)$/is.exec(String(url)) ?? [];
  if (scheme === undefined) throw malformed();
  if (cluster !== undefined) return { url: "", cluster: parseCluster(scheme.toLowerCase(), rest) };
  const { hostname, pathname } = parse(url);
  if (hostname === "" || !/^\/?\d*$/.test(pathname)) throw malformed();
  return { url, cluster: undefined };
}

function parseCluster(scheme: string, rest: string): RedisCluster {
  const [, credentials, hosts = ""] = /^(?:([^@]*)@)?([^@]*?)\/?$/s.exec(rest) ?? [];
  const nodes = hosts.split(",").map((host) => {
    const { hostname, port, pathname, search, hash } = parse(`redis://${host}`);
    if (hostname === "" || pathname + search + hash !== "") throw malformed();
    return { host: hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(port || 6379) };
  });
  const { username, password } = parse(`redis://${credentials ?? ""}@localhost`);
  return {
    nodes,
    username: decoded(username),
    password: decoded(password),
    isSecure: scheme === "rediss",
  };
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw malformed();
  }
}

function decoded(text: string): string | undefined {
  try {
    return text === "" ? undefined : decodeURIComponent(text);
  } catch {
    throw malformed();
  }
}

const malformed = () =>
  invalidOption(
    "url must be redis://user:password@host:port/database, or redis+cluster://user:password@host:port,host:port; rediss instead of redis for TLS. Write other characters in the password as %XX.",
  );
