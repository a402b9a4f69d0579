import type { HttpCell } from "../measure/http.ts";
import type { Results } from "./results.ts";
import { times } from "./verdict.ts";

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const titles = { none: "no cookie", untouched: "untouched", read: "read", write: "write" } as const;
const routes = Object.keys(titles) as (keyof typeof titles)[];

/** What each server of one framework costs over it, in microseconds. */
export function overheadTable(cells: readonly HttpCell[]): string {
  const servers = new Map<string, HttpCell[]>();
  for (const cell of cells) {
    const name = cell.size === "500 B" ? cell.library : `${cell.library}, ${cell.size}`;
    servers.set(name, [...(servers.get(name) ?? []), cell]);
  }
  const rows = [...servers].map(([name, own]) => {
    const cellOf = (route: string): HttpCell | undefined => own.find((cell) => cell.route === route);
    const costs = routes.map((route) => {
      const cell = cellOf(route);
      return cell ? `${cell.overhead.toFixed(0)} (${cell.least.toFixed(0)} to ${cell.most.toFixed(0)})` : "";
    });
    const shares = (["read", "write"] as const).map((route) => {
      const cell = cellOf(route);
      return cell ? `${Math.round(cell.setCookies * 100)} %` : "";
    });
    return [name, ...costs, shares.join(" / ")];
  });
  return table(["", ...routes.map((route) => titles[route]), "cookie set on read / write"], rows);
}

const keepers = { memory: "memory", later: "asynchronous store", sealed: "sealed" } as const;

/** Our core beside its floor. */
export function coreTable({ core }: Results): string {
  const rows = core.map(({ kept, size, route, seen, ours, floor }) => [
    `${keepers[kept]}, ${size}, ${route}${seen ? "" : ", not seen before"}`,
    ...[ours.least, floor.least].map((time) => time.toFixed(1)),
    times(ours.least / floor.least),
    ...[ours.mean, floor.mean].map((time) => time.toFixed(1)),
    times(ours.mean / floor.mean),
  ]);
  return table(["", "ours, least", "floor, least", "ratio", "ours, mean", "floor, mean", "ratio"], rows);
}

export function sealTable({ seal }: Results): string {
  const rows = seal.map(({ sealer, bytes, seal: sealing, unseal }) => {
    const base = seal.find((one) => one.sealer === "node:crypto" && one.bytes === bytes)!;
    const ratio = (sealing + unseal) / (base.seal + base.unseal);
    return [sealer, `${bytes} B`, sealing.toFixed(1), unseal.toFixed(1), times(ratio)];
  });
  return table(["", "text", "seal, µs", "unseal, µs", "both, by node:crypto"], rows);
}

export function heapTable({ heap }: Results): string {
  const base = heap.find(({ store }) => store === "express-session")!.bytesPerSession;
  const rows = heap.map(({ store, bytesPerSession: bytes }) => [store, bytes.toFixed(0), times(bytes / base)]);
  return table(["", "bytes", "by express-session"], rows);
}

export function importTable({ imports }: Results): string {
  const base = imports.find(({ module }) => module === "express-session")!.overEmpty;
  const rows = imports.map(({ module, overEmpty }) => [module, overEmpty.toFixed(1), times(overEmpty / base)]);
  return table(["import of", "ms over an empty module", "by express-session"], rows);
}

export function sizeTable({ sizes }: Results): string {
  const rows = sizes.map(({ what, code, own, withDependencies }) => [
    `${what}: \`${code}\``,
    String(own),
    String(withDependencies),
  ]);
  return table(["", "own code, bytes", "with dependencies, bytes"], rows);
}
