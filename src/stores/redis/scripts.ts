import { field, magic, offsets } from "./record-format.ts";

/** A Lua script. Each touches one key, so that a cluster can run it. */
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
 * How long Redis keeps a record, and an index, after its deadline by our own clocks. They only have to agree on how fast
 * time goes: what Redis is told is how long to wait, not until when.
 */
const margin = 600_000;

/** How long Redis is to wait from now on until it deletes what is over at `deadline`, in milliseconds. */
export const waitUntil = (deadline: number, now: number): number => Math.max(deadline - now, 0) + margin;

// Lua would write large numbers with an exponent: what is stored stays the text that it came as, and "%.0f" writes the rest.
// Strings count from 1 there, and from 0 in Redis.

/** A field of the variable `head`. */
const cut = (from: number, to: number): string => `string.sub(head, ${from + 1}, ${to})`;

/** What stands there in the variable `head`, counted from where the fields begin that have no fixed places. */
const behind = (from: string, to: string): string =>
  `string.sub(head, ${offsets.commit + 1} + ${from}, ${offsets.commit} + ${to})`;

/** What `touch` and `replace` do in ways of their own, in Lua. */
interface Update {
  /** The last byte of the record to look at. */
  readonly headEnd: string;
  /** Sets `isOwned`, and `indexedUntil` to what it is to be. */
  readonly owner: string;
  /** A further part of the answer where an entry in the index is needed. */
  readonly whose: string;
  readonly write: string;
}

/**
 * now, what the record of the expected version begins with, lastSeenAt, expiresAt, indexedUntil or '', the field of the expected
 * commit id, and what `write` takes.
 * 1: written. 0: gone, expired or changed. A list: not written, because a user's record must not outlive its entry in the
 * index; the times that an entry is needed for, and what `whose` adds.
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

/** Takes also: what the new record begins with, its commit id, the user's field with the body, and how long that is or 0 for none. */
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

/** 0: no record of ours. A list: its line, which its entry in the index is found by. */
export const remove: RedisScript = script(`
local record = redis.pcall('GET', KEYS[1])
if not record then return 0 end
if type(record) == 'table' then return string.find(record.err, 'WRONGTYPE', 1, true) and 0 or record end
if string.sub(record, 1, ${magic.length}) ~= '${magic}' then return 0 end
redis.call('DEL', KEYS[1])
return {${firstLine("record")}}`);

/** now, until, entry. Also drops entries that are over, of a few taken at random: more than are added. */
export const addEntry: RedisScript = script(`
local now, wait = tonumber(ARGV[1]), tonumber(ARGV[2]) - tonumber(ARGV[1]) + ${margin}
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, entry in ipairs(redis.call('ZRANDMEMBER', KEYS[1], 16)) do
    local deadline = tonumber(string.match(entry, '!(%d+)$'))
    if deadline and deadline <= now then redis.call('ZREM', KEYS[1], entry) end
  end
end
redis.call('ZADD', KEYS[1], 0, ARGV[3])
if redis.call('PTTL', KEYS[1]) < wait then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', wait)) end
return 1`);

/** Asked by a script, because only that finds its way to one node of a cluster by any client. */
export const time: RedisScript = script("return redis.call('TIME')");
