import type { Results } from "./results.ts";

export function httpMethod({ settings, surroundings }: Results): string {
  const { rounds, connections, visitors, warmUp, requests } = settings;
  return `Each server runs alone in a process, each library with its usual options (express-session and @fastify/session without
\`saveUninitialized\`, and without \`resave\` where it exists), ours through its adapter for that framework. A load generator in
another process keeps ${connections} connections busy on behalf of ${visitors} visitors, each with its own session and cookies. It checks
status and body of every response: the counter in the session must always have the value that this visitor wrote last. In
\`no cookie\` and \`untouched\` the handler does not use the session, and the request has no cookie or one; \`read\` reads the
counter, \`write\` adds one to it.

The measure is \`process.cpuUsage()\` of the server, all threads and the garbage collector included, over ${requests["500 B"]} requests
(${requests["20 kB"]} with 20 kB; fewer of the slowest), after ${warmUp["500 B"]} (${warmUp["20 kB"]}) to warm up, in ${rounds} rounds of all servers in turn. The bare
framework is measured before and after each server, and the cost of a session is the difference to these two, so that a
machine that gets slower or faster favours no server. The tables show the median of the rounds, with the smallest and the
largest. iron-session and h3's useSession do nothing for a handler that does not ask for the session, so their columns
\`no cookie\` and \`untouched\` show the precision. Where a peer costs less than 3 µs, a target has no verdict.

Requests carry the clients' cookies, so a cookie session also pays for the longer header. No touch falls into a measurement.
Libraries differ in how often they set a cookie, as the last column shows; ours does when its expiry moved by a
minute. "Not seen before" has ten times the visitors, so that no token comes again while the process may remember it.

iron-session is ${surroundings.versions["iron-session"]}: 9 needs Node 22. Next.js is not among the frameworks: its sessions by iron-session seal and unseal as
on node:http, and a whole application would have to be built and rendered around them. hono-sessions begins a session for
every visitor, so it has no \`no cookie\`; its memory store hands out the stored object itself, its cookie is encrypted.
koa-session brings no memory store: the one here keeps texts in a \`Map\`.`;
}

export function coreMethod({ settings }: Results): string {
  return `Without a server, in process: \`open\`, the session, \`commit\`, with everything at its default. The floor (bench/core/floor.ts)
is the least that any library must do for the same work: find the cookie, hash the token, look the session up, compare,
parse and format what is asked for, set a header. Both set the cookie on every write. The asynchronous store answers with
promises and records of text, as a database does. Microseconds of processor time: the best of ${settings.coreTurns} turns of ${settings.coreVisits} requests,
and the mean of all turns, which has the garbage collector's share. Both programs take turns, each in its own process.`;
}
