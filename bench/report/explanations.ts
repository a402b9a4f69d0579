const hiddenClasses = `Express replaces the prototype of every request and response. Before Node 24 this gives each of them a hidden class of its own in
V8, and every property that a middleware then adds costs about 3 µs, most of it in the garbage collector. The rows "on node:http"
show the cost of the same session without Express.`;

const write = `A write decodes the record, encodes it again and stores it by compare-and-set, in many promise steps, while the
response is held. express-session's memory store puts a JSON string into an object, synchronously.`;

const hooks = `Fastify calls its plugins before it sends, so the methods of the response need no wrapper.
@fastify/secure-session seals one JSON string with a timestamp, without id, version, limits or checksum.`;

const sealed = `The table "Seal and unseal" shows the cost of the cryptography. Most of the rest is the cost of properties on Express' requests
and responses: compare the rows "on node:http".`;

/** Why a target can be missed, by its id; printed only where it is. */
const explanations: Readonly<Record<string, string>> = {
  "coatcheck memory, 500 B, none": hiddenClasses,
  "coatcheck memory, 500 B, untouched": hiddenClasses,
  "coatcheck memory, 500 B, read": hiddenClasses,
  "coatcheck memory, 500 B, write": write,
  "coatcheck memory, 20 kB, read":
    "Every load verifies the checksum of the whole body, although only one value is decoded.",
  "coatcheck memory, 20 kB, write": `The body is copied three times: joined, checked, and kept. ${write}`,
  "coatcheck sealed cookie, 500 B, read": sealed,
  "coatcheck sealed cookie, 500 B, write": sealed,
  "coatcheck sealed cookie, 500 B, untouched": sealed,
  "coatcheck sealed cookie on node:http, 500 B, untouched": hooks,
  "coatcheck sealed cookie on node:http, 500 B, read": hooks,
  "coatcheck sealed cookie on node:http, 500 B, write": hooks,
  size: `The bundle contains everything that \`createSessions\` can reach, because options decide at run time: stored and sealed sessions, the
memory store, the cookie, and the message of every error.`,
  import: `Each source file is a module, and Node reads, compiles and links about sixty of them. The same code bundled into one file loads
several times faster.`,
};

export const explanationOf = (id: string): string => explanations[id] ?? "";
