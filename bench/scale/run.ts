// node --import ./scripts/tsx.js bench/scale/run.ts   prints how a million sessions fall on the nodes of a cluster
import { table } from "../report/tables.ts";
import { sessionSlots, spreadOver } from "./distribution.ts";

const all = sessionSlots(1_000_000);
const rows = [3, 6, 12, 24, 48].map((nodes) => {
  const { keys, load } = spreadOver(nodes, all);
  return [String(nodes), keys.toFixed(3), load.toFixed(3)];
});
console.log(table(["nodes", "fullest by the mean", "busiest by the mean"], rows));
