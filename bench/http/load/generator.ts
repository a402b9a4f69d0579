// Makes the requests, in a process of its own.
import { answerQuestions } from "../../child.ts";
import { Connection } from "./connection.ts";
import { type Route, Visitor, visitBare } from "./visitor.ts";

export type LoadQuestion =
  | { readonly do: "open"; readonly target: string; readonly port: number; readonly connections: number }
  | { readonly do: "fill"; readonly target: string; readonly visitors: number }
  | { readonly do: "visit"; readonly target: string; readonly route: Route; readonly requests: number }
  | { readonly do: "close" };

export interface LoadResult {
  /** How many responses set a cookie. */
  readonly setCookies: number;
}

let connections: Connection[] = [];
const visitorsOf = new Map<string, Visitor[]>();
/** Where the next run of a target goes on, so that every visitor has a turn. */
const turnOf = new Map<string, number>();

function open(port: number, count: number): void {
  close();
  connections = Array.from({ length: count }, () => new Connection(port));
}

function close(): void {
  for (const connection of connections) connection.close();
  connections = [];
}

async function fill(target: string, count: number): Promise<void> {
  const visitors = Array.from({ length: count }, (_, number) => new Visitor(number));
  visitorsOf.set(target, visitors);
  await onAll(count, (connection, at) => visitors[at]!.fill(connection));
}

/** Spreads `count` jobs over the connections; job i always runs on connection i modulo their number. */
async function onAll(count: number, job: (connection: Connection, at: number) => Promise<unknown>): Promise<void> {
  await Promise.all(
    connections.map(async (connection, first) => {
      for (let at = first; at < count; at += connections.length) await job(connection, at);
    }),
  );
}

async function visit(target: string, route: Route, requests: number): Promise<LoadResult> {
  const visitors = visitorsOf.get(target);
  const turn = turnOf.get(target) ?? 0;
  turnOf.set(target, turn + requests);
  let setCookies = 0;
  await onAll(requests, async (connection, at) => {
    if (!visitors) return visitBare(connection, route);
    // A visitor comes again on the same connection only, so never twice at once.
    if (await visitors[(turn + at) % visitors.length]!.visit(connection, route)) setCookies++;
  });
  return { setCookies };
}

answerQuestions((question: LoadQuestion) => {
  switch (question.do) {
    case "open":
      return open(question.port, question.connections);
    case "fill":
      return fill(question.target, question.visitors);
    case "visit":
      return visit(question.target, question.route, question.requests);
    case "close":
      return close();
  }
});
