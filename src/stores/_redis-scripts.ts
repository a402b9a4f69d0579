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

// Lua would write large numbers with an exponent: what is stored stays the text that it came as, and "%.0f" writes the rest.

/**
 * now, nonce, expiresAt, then more fields of the hash and their values. 1: stored. 0: the key exists; but 1 if it was this
 * very call that made it, which a client may send twice when a connection breaks.
 */
export const create: RedisScript = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then
  local isOwn = redis.call('TYPE', KEYS[1]).ok == 'hash' and redis.call('HGET', KEYS[1], 'nonce') == ARGV[2]
  return isOwn and 1 or 0
end
redis.call('HSET', KEYS[1], 'nonce', ARGV[2], 'expiresAt', ARGV[3], unpack(ARGV, 4))
local wait = math.max(tonumber(ARGV[3]) - tonumber(ARGV[1]), 0) + ${margin}
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', wait))
return 1`);

/**
 * now, expectedVersion, lastSeenAt, expiresAt, indexedUntil or '', and what \`write\` takes. 1: written. 0: gone, expired or
 * changed. A list: not written, because a user's record must not outlive its entry in the index; the user and the times that
 * an entry is needed for.
 */
const update = (userId: string, write: string): string => `
local old = redis.pcall('HMGET', KEYS[1], 'version', 'expiresAt', 'lastSeenAt', 'userId', 'indexedUntil', 'createdAt')
if old.err then return string.find(old.err, 'WRONGTYPE', 1, true) and 0 or old end
local now, deadline, seen = tonumber(ARGV[1]), tonumber(old[2]), tonumber(old[3])
if old[1] ~= ARGV[2] or not deadline or deadline <= now or not seen then return 0 end
local lastSeenAt, expiresAt = ARGV[3], ARGV[4]
if seen > tonumber(lastSeenAt) then
  lastSeenAt = old[3]
  if deadline > tonumber(expiresAt) then expiresAt = old[2] end
end
local userId, indexedUntil = ${userId}, ARGV[5]
if userId ~= '' then
  if indexedUntil == '' and userId == old[4] then indexedUntil = old[5] or '' end
  if (tonumber(indexedUntil) or 0) < tonumber(expiresAt) then return {userId, old[6] or '', expiresAt} end
end
local fields = {'lastSeenAt', lastSeenAt, 'expiresAt', expiresAt}
${write}
redis.call('HSET', KEYS[1], unpack(fields))
local wait = math.max(tonumber(expiresAt) - now, 0) + ${margin}
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', wait))
return 1`;

/** Appends to the table in one go, because each command that a script calls costs more than all of its Lua. */
const append = (...fields: string[]): string => fields.map((field) => `fields[#fields + 1] = ${field}`).join(" ");

const setIndexed = `if ARGV[5] ~= '' then ${append("'indexedUntil'", "indexedUntil")} end`;

export const touch: RedisScript = script(update("old[4] or ''", setIndexed));

/** Takes also: version, body, userId or ''. */
export const replace: RedisScript = script(
  update(
    "ARGV[8]",
    `${append("'version'", "ARGV[6]", "'body'", "ARGV[7]")}
${setIndexed}
if userId ~= '' then ${append("'userId'", "userId")}
elseif old[4] then redis.call('HDEL', KEYS[1], 'userId', 'indexedUntil') end`,
  ),
);

/** 0: no record of ours. A list: what its entry in the index is found by. */
export const remove: RedisScript = script(`
local old = redis.pcall('HMGET', KEYS[1], 'version', 'userId', 'createdAt')
if old.err then return string.find(old.err, 'WRONGTYPE', 1, true) and 0 or old end
if not old[1] then return 0 end
redis.call('DEL', KEYS[1])
return {old[2] or '', old[3] or ''}`);

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
