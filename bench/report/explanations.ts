const hiddenClasses = `Express exchanges the prototype of every request and response, which before Node 24 leaves each of them with a hidden class of
its own in V8; every property that a middleware adds to them then costs about 3 µs, most of it in the collector. On node:http the
same session costs what the rows "on node:http" say.`;

const write = `A write decodes the record, encodes it anew and stores it by compare-and-set, in many steps of promises, while the
answer waits and must look answered; express-session's memory store puts a JSON text into an object at once.`;

const hooks = `Fastify asks its plugins before it sends, so nothing has to stand before the methods of the response, and
@fastify/secure-session seals one JSON text with a time in it, without id, version, limits or checksum.`;

const sealed = `Unsealing and sealing take what the table of seals says; most of the rest is what properties of requests and responses
cost on Express: compare the rows "on node:http".`;

/** Why a target can be missed, by its id; printed only where it is. */
const explanations: Readonly<Record<string, string>> = {
  "coatcheck memory, 500 B, none": hiddenClasses,
  "coatcheck memory, 500 B, untouched": hiddenClasses,
  "coatcheck memory, 500 B, read": hiddenClasses,
  "coatcheck memory, 500 B, write": write,
  "coatcheck memory, 20 kB, read":
    "The whole body is checked by its checksum on every load, though only one value of it is decoded.",
  "coatcheck memory, 20 kB, write": `The body is copied three times: joined, checked, and kept. ${write}`,
  "coatcheck sealed cookie, 500 B, read": sealed,
  "coatcheck sealed cookie, 500 B, write": sealed,
  "coatcheck sealed cookie, 500 B, untouched": sealed,
  "coatcheck sealed cookie on node:http, 500 B, untouched": hooks,
  "coatcheck sealed cookie on node:http, 500 B, read": hooks,
  "coatcheck sealed cookie on node:http, 500 B, write": hooks,
  size: `What \`createSessions\` can reach is all there, because options decide at run time: stored and sealed sessions, the memory store, the
cookie, and a sentence for every error.`,
  import: `Each source file is a module of its own, and Node reads, compiles and links some sixty of them; the same code bundled into one
file is loaded several times faster.`,
};

export const explanationOf = (id: string): string => explanations[id] ?? "";
