import { hmacSha256 } from "#crypto";
import { all, chain } from "../../crypto/awaitable.ts";
import type { Awaitable } from "../../types/awaitable.ts";
import type { SessionStore, StoredRecord } from "../../types/store.ts";
import type { Config } from "../config/config.ts";
import { optionalMethods } from "../config/optional-methods.ts";
import { sameDigest } from "../record/token.ts";

/** The length of a MAC in base64url. It is followed by a colon and the body. */
const macLength = 43;

/**
 * With `pepper`, signs every record that goes into the store, and reads a record that was not signed as a damaged one.
 * The MAC includes everything but `lastSeenAt` and `expiresAt`, which the core does not go by then.
 */
export function signedStore(store: SessionStore, config: Config): SessionStore {
  if (config.pepper.length === 0) return store;
  const { list, ...others } = optionalMethods(store);
  const sign = (record: StoredRecord): Awaitable<StoredRecord> =>
    chain(macOf(record, config, config.pepper[0]!), (mac) => ({ ...record, body: `${mac}:${record.body}` }));
  const verify = (record: StoredRecord): Awaitable<StoredRecord> => {
    // Of another format: the body has no signature in its place, and what cannot be read is left alone.
    if (/^(?!1:)\d{1,9}:/.test(record.body)) return record;
    const mac = record.body.slice(0, macLength);
    const inner = { ...record, body: record.body.slice(macLength + 1) };
    const verdicts = all(config.pepper.map((key) => macOf(inner, config, key)));
    return chain(verdicts, (macs) => (macs.some((one) => sameDigest(one, mac)) ? inner : { ...inner, body: "" }));
  };
  return {
    kind: "record",
    name: store.name,
    atomic: store.atomic,
    read: (key, now, call) => chain(store.read(key, now, call), (record) => record && verify(record)),
    create: (record, now, call) => chain(sign(record), (signed) => store.create(signed, now, call)),
    replace: (record, expected, now, call) =>
      chain(sign(record), (signed) => store.replace(signed, expected, now, call)),
    touch: (...args) => store.touch(...args),
    delete: (...args) => store.delete(...args),
    ...others,
    ...(list && {
      list: async (...args) => {
        const page = await list(...args);
        return { ...page, records: await all(page.records.map(verify)) };
      },
    }),
  };
}

function macOf(record: StoredRecord, { application }: Config, key: string): Awaitable<string> {
  const { namespace, id, version, commitId, userId = null, createdAt, body } = record;
  return hmacSha256(
    key,
    JSON.stringify(["record", application ?? null, namespace, id, version, commitId, userId, createdAt, body]),
  );
}
