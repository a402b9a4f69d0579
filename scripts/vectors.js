// Makes the published vectors of test/vectors from the description of the format alone: it imports nothing of src, so
// that the two can disagree. Without arguments it compares and fails on any difference; `--write` replaces the files,
// which changes what released cookies look like and is only right together with a new version byte.
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const HOUR = 3_600_000;
const digest = (text) => createHash("sha256").update(text).digest();
const uint32 = (value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
const prefixed = (text) => [uint32(Buffer.byteLength(text)), Buffer.from(text)];

const keys = ["one", "two"].map((word) => digest(`coatcheck vector key ${word}`));
const now = Date.UTC(2026, 10, 21, 8, 30);

function token({ kind, key, purpose, name, namespace, application, now: at, nonce, text }) {
  const master = keys[key];
  const keyId = digest(Buffer.concat([Buffer.from("kid"), master])).subarray(0, 4);
  const hour = uint32(Math.floor(at / HOUR));
  const bound = kind === "sealed" ? purpose : `${purpose}-signed`;
  const info = Buffer.concat([bound, name, namespace, application].flatMap(prefixed));
  const derivedKey = Buffer.from(hkdfSync("sha256", master, hour, info, 32));
  const start = Buffer.concat([Buffer.from([kind === "sealed" ? 1 : 2]), keyId, hour]);
  if (kind === "signed") {
    const mac = createHmac("sha256", derivedKey).update(start).update(info).update(text).digest();
    return { keyId, info, derivedKey, bytes: Buffer.concat([start, Buffer.from(text), mac]) };
  }
  const header = Buffer.concat([start, Buffer.from(nonce, "hex")]);
  const cipher = createCipheriv("aes-256-gcm", derivedKey, header.subarray(9), { authTagLength: 16 });
  cipher.setAAD(Buffer.concat([header, info]));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return { keyId, info, derivedKey, bytes: Buffer.concat([header, body, cipher.getAuthTag()]) };
}

const usual = {
  key: 0,
  purpose: "session",
  name: "session",
  namespace: "session",
  application: "",
  now,
  text: '{"views":12}',
};
const inputs = [
  { title: "a small payload" },
  { title: "no payload", text: "" },
  { title: "another key", key: 1 },
  { title: "another purpose", purpose: "flash" },
  { title: "another name", name: "prefs" },
  { title: "another namespace", namespace: "prefs" },
  { title: "an application", namespace: "shop/session", application: "shop" },
  { title: "name, namespace and application, cut here", name: "ab", namespace: "c", application: "d" },
  { title: "name, namespace and application, cut there", name: "a", namespace: "bc", application: "d" },
  { title: "name, namespace and application, cut elsewhere", name: "a", namespace: "b", application: "cd" },
  { title: "the first hour of 1970", now: 1 },
  { title: "the first millisecond of an hour", now: Date.UTC(2026, 10, 21, 9) },
  { title: "the last millisecond of an hour", now: Date.UTC(2026, 10, 21, 9) - 1 },
  { title: "text of many planes, after a byte order mark", text: "\uFEFFcafé, ключ, 鍵, 🧥\u0000" },
  { title: "one byte over sixteen blocks", text: "x".repeat(257) },
];

function valid(kind) {
  return inputs.map((input) => {
    const full = { ...usual, ...input };
    const nonce = kind === "sealed" ? digest(`nonce: ${input.title}`).subarray(0, 12).toString("hex") : undefined;
    const made = token({ ...full, kind, nonce });
    return {
      title: input.title,
      key: full.key,
      purpose: full.purpose,
      name: full.name,
      namespace: full.namespace,
      application: full.application,
      now: full.now,
      nonce,
      text: full.text,
      keyId: made.keyId.toString("hex"),
      info: made.info.toString("hex"),
      derivedKey: made.derivedKey.toString("hex"),
      token: made.bytes.toString("base64url"),
    };
  });
}

/** The same bytes, were it not for strict decoding: the next character differs in an unused bit. */
function misspelt(genuine) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return genuine.slice(0, -1) + alphabet[alphabet.indexOf(genuine.at(-1)) + 1];
}

/** Changes of the first valid token, and what they are refused for. */
function refused(kind, genuine) {
  const bytes = Buffer.from(genuine, "base64url");
  const edit = (at, value) => Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at + 1)]);
  const encoded = (edited) => edited.toString("base64url");
  const hour = Math.floor(now / HOUR);
  const at = (hours) => encoded(Buffer.concat([bytes.subarray(0, 5), uint32(hours), bytes.subarray(9)]));
  const last = bytes.length - 1;
  return [
    { title: "version 0", token: encoded(edit(0, 0)), reason: "malformed" },
    { title: "the version of the other kind", token: encoded(edit(0, kind === "sealed" ? 2 : 1)), reason: "malformed" },
    { title: "too short for a tag", token: encoded(bytes.subarray(0, 36)), reason: "malformed" },
    { title: "bits that the last character has to spare", token: misspelt(genuine), reason: "malformed" },
    { title: "padding", token: `${genuine}=`, reason: "malformed" },
    { title: "the key id of nobody", token: encoded(edit(1, bytes[1] ^ 1)), reason: "unknown-key" },
    { title: "the hour after next", token: at(hour + 2), reason: "not-yet-valid" },
    { title: "the hour before", token: at(hour - 1), reason: "forged" },
    { title: "31 days ago", token: at(hour - 31 * 24), reason: "expired" },
    { title: "the first byte after the hour flipped", token: encoded(edit(9, bytes[9] ^ 1)), reason: "forged" },
    { title: "the last byte flipped", token: encoded(edit(last, bytes[last] ^ 128)), reason: "forged" },
    { title: "a byte too many", token: encoded(Buffer.concat([bytes, Buffer.from([0])])), reason: "forged" },
    { title: "a byte too few", token: encoded(bytes.subarray(0, last)), reason: "forged" },
  ];
}

function tokens(kind) {
  const made = valid(kind);
  return { valid: made, refused: refused(kind, made[0].token) };
}

const sealing = {
  format:
    "see src/crypto/envelope.ts; keys in base64url; info, keyId, nonce and derivedKey in hex; now in milliseconds",
  keys: keys.map((key) => key.toString("base64url")),
  absoluteTimeout: 30 * 24 * HOUR,
  sealed: tokens("sealed"),
  signed: tokens("signed"),
};

const hashing = {
  sha256: ["", "abc", "x".repeat(64), "\uFEFFключ 🧥\u0000"].map((text) => ({
    text,
    hash: digest(text).toString("base64url"),
  })),
  hmacSha256: [
    ["Jefe", "what do ya want for nothing?"],
    ["k", ""],
    ["x".repeat(65), "ключ 🧥"],
    ["ключ", "x".repeat(200)],
  ].map(([key, message]) => ({ key, message, mac: createHmac("sha256", key).update(message).digest("base64url") })),
};

let different = 0;
for (const [file, content] of Object.entries({ "sealing.json": sealing, "hashing.json": hashing })) {
  const url = new URL(`../test/vectors/${file}`, import.meta.url);
  const wanted = JSON.stringify(content, null, 2);
  if (process.argv.includes("--write")) {
    writeFileSync(url, `${wanted}\n`);
  } else if (!isDeepStrictEqual(JSON.parse(readFileSync(url, "utf8")), JSON.parse(wanted))) {
    console.error(`test/vectors/${file} is not what the format gives.`);
    different += 1;
  }
}
process.exitCode = different === 0 ? 0 : 1;
