import { invalidOption } from "../../types/errors.ts";
import type { SessionsOptions } from "../../types/options.ts";
import { checkKeys, type Elsewhere, type Known, kindOf } from "../language/known-keys.ts";
import { checkStore } from "./check-store.ts";

const known: Known<SessionsOptions<object>> = {
  name: true,
  application: true,
  namespace: true,
  store: true,
  cookie: true,
  transports: true,
  idleTimeout: true,
  absoluteTimeout: true,
  touchInterval: true,
  rotateAfter: true,
  rotationGrace: true,
  onReuse: true,
  pepper: true,
  probation: true,
  remember: true,
  schema: true,
  unknownKeys: true,
  codec: true,
  types: true,
  generateId: true,
  skip: true,
  trustProxy: true,
  cache: true,
  storeTimeout: true,
  commitTimeout: true,
  onStoreError: true,
  maxBytes: true,
  maxSessionsPerUser: true,
  overflow: true,
  pruneInterval: true,
  legacy: true,
  clock: true,
  observer: true,
};

const always = "There is nothing to set: a session is stored when it was changed, and only then.";
const lifetime = "How long a session lives is idleTimeout and absoluteTimeout; whether its cookie stays is remember.";
const attribute = "It is an attribute of the cookie, as in cookie: { … }.";

const elsewhere: Elsewhere = {
  secret:
    "There is none to give: each session has its own. The keys of sealed cookies are an option of cookieStore(), and pepper protects stored sessions.",
  maxAge: lifetime,
  ttl: lifetime,
  resave: always,
  saveUninitialized: always,
  genid: "Did you mean generateId?",
  path: attribute,
  domain: attribute,
  secure: attribute,
  httpOnly: attribute,
  sameSite: attribute,
};

/** Refuses names that nothing reads and values of the wrong kind. @throws SessionError INVALID_OPTION */
export function checkOptions(options: unknown): void {
  checkKeys(options, known, "createSessions()", invalidOption, elsewhere);
  const given = options as Readonly<Partial<Record<keyof typeof known, unknown>>>;
  checkStore(given.store);
  checkFunction("generateId", given.generateId);
  checkFunction("skip", given.skip);
  checkFunction("clock", given.clock);
  checkFunction("observer", given.observer);
  if (given.codec !== undefined) checkMembers("codec", given.codec, ["encode", "decode"]);
  if (given.types !== undefined) checkTypes(given.types);
  checkList("transports", given.transports, "read");
  checkList("legacy", given.legacy, "attach");
  checkBoolean("remember", given.remember);
  if (typeof given.trustProxy !== "number") checkBoolean("trustProxy", given.trustProxy);
}

function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw invalidOption(`${option} must be a function and is ${kindOf(value)}.`);
}

function checkBoolean(option: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  const number = option === "trustProxy" ? ", or the number of proxies," : "";
  throw invalidOption(`${option} must be true or false${number} and is ${kindOf(value)}.`);
}

function checkTypes(types: unknown): void {
  if (typeof types !== "object" || types === null) {
    throw invalidOption(`types must be an object with a codec for each name and is ${kindOf(types)}.`);
  }
  for (const [name, codec] of Object.entries(types)) checkMembers(`types.${name}`, codec, ["test", "encode", "decode"]);
}

function checkList(option: string, list: unknown, member: string): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw invalidOption(`${option} must be a list and is ${kindOf(list)}.`);
  list.forEach((one, at) => {
    checkMembers(`${option}[${at}]`, one, [member]);
  });
}

function checkMembers(option: string, value: unknown, functions: readonly string[]): void {
  const missing = functions.find((name) => typeof (Object(value) as Record<string, unknown>)[name] !== "function");
  if (missing === undefined) return;
  throw invalidOption(`${option} must be an object with the function ${missing}() and is ${kindOf(value)}.`);
}
