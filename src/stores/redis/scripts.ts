import { field, magic, offsets } from "./record-format.ts";

/** A Lua script. Each accesses one key only, so that a cluster can run it. */
export interface RedisScript {
  readonly text: string;
  sha(): string | Promise<string>;
}

function script(text: string): RedisScript {
  let known: string | undefined;
  return {
    text,
    sha: () => known ?? sha1(text).then((sha) => (known = sha)),
  };
}

async function sha1(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * How long Redis keeps a record or an index after its expiry by the clocks of the application. Redis gets a duration and
 * not a time, so its clock may differ from theirs.
 */
const margin = 600_000;

/** Returns the time to live for Redis, in milliseconds, of something that expires at `deadline`. */
export const waitUntil = (deadline: number, now: number): number => Math.max(deadline - now, 0) + margin;

// Lua would format large numbers with an exponent, so stored numbers stay strings, and "%.0f" formats computed ones. Lua
// strings start at 1, those of Redis commands at 0.

/** Lua: a field at a fixed offset of the variable `head`. */
const cut = (from: number, to: number): string => `string.sub(head, ${from + 1}, ${to})`;

/** Lua: a part of the variable `head`, relative to the first field without a fixed offset. */
const behind = (from: string, to: string): string =>
  `string.sub(head, ${offsets.commit + 1} + ${from}, ${offsets.commit} + ${to})`;

/** The parts in which `touch` and `replace` differ, in Lua. */
interface Update {
  /** The last byte of the record to read. */
  readonly headEnd: string;
  /** Sets `isOwned`, and the new `indexedUntil`. */
  readonly owner: string;
  /** An additional element of the reply if an index entry is needed. */
  readonly whose: string;
  readonly write: string;
}

/**
 * The script of a conditional update.
 *
 * Arguments: now, the first bytes of a record of the expected version, lastSeenAt, expiresAt, indexedUntil or '', the field
 * of the expected commit id, and the arguments of `write`.
 *
 * Reply: 1 if written; 0 if the record is gone, expired or changed; a list if nothing was written because a user's record
 * must not outlive its index entry: createdAt and expiresAt of the entry that is needed, and what `whose` adds.
 */
const update = ({ headEnd, owner, whose, write }: Update): string => `
local head = redis.pcall('GETRANGE', KEYS[1], 0, ${headEnd})
if type(head) == 'table' then return string.find(head.err, 'WRONGTYPE', 1, true) and 0 or head end
if ${cut(0, offsets.createdAt)} ~= ARGV[2] or ${behind("0", "#ARGV[6]")} ~= ARGV[6] then return 0 end
local expiresAt, lastSeenAt = ${cut(offsets.expiresAt, offsets.lastSeenAt)}, ${cut(offsets.lastSeenAt, offsets.indexedUntil)}
local indexedUntil = ${cut(offsets.indexedUntil, offsets.nonce)}
local now, deadline, seen = tonumber(ARGV[1]), tonumber(expiresAt), tonumber(lastSeenAt)
if not deadline or deadline <= now or not seen then return 0 end
if seen <= tonumber(ARGV[3]) then
  lastSeenAt, expiresAt = ARGV[3], ARGV[4]
elseif deadline < tonumber(ARGV[4]) then
  expiresAt = ARGV[4]
end
${owner}
if isOwned and (tonumber(indexedUntil) or -math.huge) < tonumber(expiresAt) then
  return {${cut(offsets.createdAt, offsets.expiresAt)}, expiresAt${whose}}
end
local wait = string.format('%.0f', math.max(tonumber(expiresAt) - now, 0) + ${margin})
${write}
return 1`;

const firstLine = (text: string): string => `string.match(${text}, '^[^\\n]*')`;

export const touch: RedisScript = script(
  update({
    headEnd: `${offsets.commit - 1} + #ARGV[6]`,
    owner: `local isOwned = tonumber(indexedUntil)
if ARGV[5] ~= '' then indexedUntil = ARGV[5] end`,
    whose: `, ${firstLine("redis.call('GET', KEYS[1])")}`,
    write: `redis.call('SETRANGE', KEYS[1], ${offsets.expiresAt}, expiresAt .. lastSeenAt .. indexedUntil)
redis.call('PEXPIRE', KEYS[1], wait)`,
  }),
);

/** More arguments: the first bytes of the new record, its commit field, user field and body, and the user field's length or 0. */
export const replace: RedisScript = script(
  update({
    headEnd: `${offsets.commit - 1} + #ARGV[6] + ARGV[10]`,
    owner: `local isOwned = ARGV[10] ~= '0'
local isSame = isOwned and ${behind("#ARGV[6]", "#head")} == string.sub(ARGV[9], 1, ARGV[10])
if isOwned and ARGV[5] ~= '' then
  indexedUntil = ARGV[5]
elseif not isSame then
  indexedUntil = '${field(undefined)}'
end`,
    whose: "",
    write: `redis.call('SET', KEYS[1], ARGV[7] .. ${cut(offsets.createdAt, offsets.expiresAt)} .. expiresAt .. lastSeenAt .. indexedUntil .. ${cut(offsets.nonce, offsets.commit)} .. ARGV[8] .. ARGV[9], 'PX', wait)`,
  }),
);

/** Reply: 0 if there is no record of this store; a list with the deleted record's line, to find its index entry. */
export const remove: RedisScript = script(`
local record = redis.pcall('GET', KEYS[1])
if not record then return 0 end
if type(record) == 'table' then return string.find(record.err, 'WRONGTYPE', 1, true) and 0 or record end
if string.sub(record, 1, ${magic.length}) ~= '${magic}' then return 0 end
redis.call('DEL', KEYS[1])
return {${firstLine("record")}}`);

/** Lua: removes expired entries among random ones. */
const removeExpired = (count: number): string => `
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, entry in ipairs(redis.call('ZRANDMEMBER', KEYS[1], ${count})) do
    local deadline = tonumber(string.match(entry, '!(%d+)$'))
    if deadline and deadline <= tonumber(ARGV[1]) then redis.call('ZREM', KEYS[1], entry) end
  end
end`;

/** Arguments: now, entry. Also removes expired entries, more of them than are added. The index gets no expiry. */
export const addEntry: RedisScript = script(`${removeExpired(16)}
redis.call('ZADD', KEYS[1], 0, ARGV[2])
return 1`);

/** Argument: now. Redis deletes an index with its last entry. */
export const sweepEntries: RedisScript = script(`${removeExpired(100)}
return 1`);

/**
 * Reply: seconds, microseconds, and what the server says about its memory, if the user may ask for that. A script, because
 * every client routes a script with a key to one node of a cluster.
 */
export const time: RedisScript = script(`
local time, memory = redis.call('TIME'), redis.pcall('INFO', 'memory')
return {time[1], time[2], type(memory) == 'string' and memory or ''}`);
