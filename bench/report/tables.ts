import type { Size } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import type { HttpCell } from "../measure/http.ts";
import type { Results } from "./results.ts";

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const titles: Readonly<Record<Route, string>> = {
  none: "no cookie",
  untouched: "untouched",
  read: "read",
  write: "write",
};

const cellsOf = (cells: readonly HttpCell[], size: Size, variant: string): HttpCell[] =>
  cells.filter((cell) => cell.size === size && cell.variant === variant);

/** Overhead in microseconds by variant and route. */
export function overheadTable(cells: readonly HttpCell[], size: Size): string {
  const variants = [...new Set(cells.filter((cell) => cell.size === size).map(({ variant }) => variant))];
  const routes = cellsOf(cells, size, variants[0]!).map(({ route }) => route);
  const rows = variants.map((variant) => {
    const own = cellsOf(cells, size, variant);
    const times = own.map(
      ({ overhead, least, most }) => `${overhead.toFixed(0)} (${least.toFixed(0)} to ${most.toFixed(0)})`,
    );
    const shares = own.slice(-2).map(({ setCookies }) => `${Math.round(setCookies * 100)} %`);
    return [variant, ...times, shares.join(" / ")];
  });
  return table(["", ...routes.map((route) => titles[route]), "cookie set on read / write"], rows);
}

const pairs: readonly (readonly [own: string, peer: string])[] = [
  ["coatcheck memory", "express-session memory"],
  ["coatcheck sqlite", "express-session memory"],
  ["coatcheck sealed cookie", "cookie-session"],
  ["coatcheck sealed cookie", "iron-session"],
  ["coatcheck sealed cookie", "@fastify/secure-session"],
  ["coatcheck memory on node:http", "@fastify/session memory"],
  ["coatcheck sealed cookie on node:http", "@fastify/secure-session"],
];

/** Our overhead by that of a peer. */
export function ratioTable(cells: readonly HttpCell[]): string {
  const rows = (["500 B", "20 kB"] as const).flatMap((size) =>
    pairs.flatMap(([own, peer]) => {
      const [ours, theirs] = [cellsOf(cells, size, own), cellsOf(cells, size, peer)];
      if (ours.length === 0 || theirs.length === 0) return [];
      const ratios = (["untouched", "read", "write"] as const).map((route) => ratio(ours, theirs, route));
      return [[`${own} by ${peer}`, size, ...ratios]];
    }),
  );
  return table(["", "session", "untouched", "read", "write"], rows);
}

/** Where the peer does next to nothing, a ratio says nothing. */
function ratio(ours: readonly HttpCell[], theirs: readonly HttpCell[], route: Route): string {
  const [own, peer] = [ours, theirs].map((cells) => cells.find((cell) => cell.route === route)!.overhead) as [
    number,
    number,
  ];
  return peer < 3 ? "–" : `${(own / peer).toFixed(2)}x`;
}

export function sealTable({ seal }: Results): string {
  const rows = seal.map(({ sealer, bytes, seal: sealing, unseal }) => {
    const base = seal.find((one) => one.sealer === "node:crypto" && one.bytes === bytes)!;
    const ratio = (sealing + unseal) / (base.seal + base.unseal);
    return [sealer, `${bytes} B`, sealing.toFixed(1), unseal.toFixed(1), `${ratio.toFixed(2)}x`];
  });
  return table(["", "text", "seal, µs", "unseal, µs", "both, by node:crypto"], rows);
}

export function heapTable({ heap }: Results): string {
  const base = heap.find(({ store }) => store === "express-session")!.bytesPerSession;
  const rows = heap.map(({ store, bytesPerSession: bytes }) => [
    store,
    bytes.toFixed(0),
    `${(bytes / base).toFixed(2)}x`,
  ]);
  return table(["", "bytes", "by express-session"], rows);
}

export function importTable({ imports }: Results): string {
  return table(
    ["import of", "ms over an empty module"],
    imports.map(({ module, overEmpty }) => [module, overEmpty.toFixed(1)]),
  );
}

export function sizeTable({ sizes }: Results): string {
  const rows = sizes.map(({ code, own, withDependencies }) => [`\`${code}\``, String(own), String(withDependencies)]);
  return table(["", "own code, bytes", "with dependencies, bytes"], rows);
}
