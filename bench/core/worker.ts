// One program alone in its process, called without a server. Arguments: the program, how its sessions are kept, their
// size, the route, the number of visitors.
import { answerQuestions } from "../child.ts";
import { type Size, sessionData } from "../data.ts";
import { floor } from "./floor.ts";
import { ours } from "./ours.ts";
import { type CoreKept, type CoreRoute, Head, type Visited } from "./program.ts";

/** A question is the number of visits. The answer: microseconds of processor time for each. */
export type CoreQuestion = number;

/** Between two writes of a visitor. So every write moves the deadline of the cookie, and sets it. */
const pause = 61_000;

const [, , name = "", kept, size, route, count = ""] = process.argv;
const visitors = Number(count);
let now = Date.now();
const program = { coatcheck: ours, floor }[name]!({ kept: kept as CoreKept, clock: () => now });
const cookies: string[] = [];
const views: number[] = [];
for (let visitor = 0; visitor < visitors; visitor++) {
  cookies.push(await program.begin(sessionData(size as Size, visitor)));
  views.push(0);
}
let turn = 0;

function settle(visitor: number, visited: Visited): void {
  if (route === "write") views[visitor]!++;
  if (route !== "untouched" && visited.views !== views[visitor])
    throw new Error(`${name}: the session has ${visited.views} views, not ${views[visitor]}.`);
  const { setCookie } = visited;
  if (setCookie !== undefined) cookies[visitor] = setCookie.slice(0, setCookie.indexOf(";"));
  else if (route === "write") throw new Error(`${name}: a write must set the cookie here.`);
}

answerQuestions(async (visits: CoreQuestion) => {
  const start = process.cpuUsage();
  for (let i = 0; i < visits; i++) {
    const visitor = turn++ % visitors;
    if (visitor === 0 && route === "write") now += pause;
    const visiting = program.visit(new Head(cookies[visitor]!), route as CoreRoute);
    settle(visitor, visiting instanceof Promise ? await visiting : visiting);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / visits;
});
