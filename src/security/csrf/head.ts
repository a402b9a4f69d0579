import type { Head } from "./origin.ts";

/** A `Request`, or a request of Node or of a framework on it. */
export interface CarriedRequest {
  readonly method?: string | undefined;
  readonly headers: object;
}

/** Reads the method and the headers of either kind. */
export function headOf({ method = "GET", headers }: CarriedRequest): Head {
  if (typeof (headers as Partial<Headers>).get === "function") {
    return { method, header: (name) => (headers as Headers).get(name) ?? undefined };
  }
  const fields = headers as Readonly<Record<string, string | string[] | undefined>>;
  return {
    method,
    header: (name) => {
      // HTTP/2 names the host in a pseudo-header (RFC 9113 section 8.3.1).
      const value = fields[name] ?? (name === "host" ? fields[":authority"] : undefined);
      return typeof value === "object" ? value.join(", ") : value;
    },
  };
}
