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

/** Numbers stay the text they came as: Lua would write the larger ones with an exponent. */
const expire = `local function expire(key, wait)
  redis.call('PEXPIRE', key, string.format('%.0f', math.max(wait, 0) + ${margin}))
end`;

/** A number that the store wrote; nil for anything else. */
const whole = `local function whole(text)
  return text and #text <= 17 and string.match(text, '^-?%d+$') and tonumber(text)
end`;

/** now, nonce, expiresAt, then the fields of the hash. 1: stored. 0: the key exists, and not from this very call sent twice. */
export const create: RedisScript = script(`${expire}
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' then
  return kind == 'hash' and redis.call('HGET', KEYS[1], 'nonce') == ARGV[2] and 1 or 0
end
redis.call('HSET', KEYS[1], 'nonce', ARGV[2], 'expiresAt', ARGV[3], unpack(ARGV, 4))
expire(KEYS[1], tonumber(ARGV[3]) - tonumber(ARGV[1]))
return 1`);

/**
 * now, expectedVersion, lastSeenAt, expiresAt, indexedUntil or '', and for replace: version, body, userId or ''.
 * 1: written. 0: gone, expired or changed. A list: not written, because a user's record must not outlive its entry in the
 * index; the user and the times that an entry is needed for.
 */
const update = (body: string): string => `${expire}
${whole}
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return 0 end
local old = redis.call('HMGET', KEYS[1], 'version', 'expiresAt', 'lastSeenAt', 'userId', 'indexedUntil', 'createdAt')
local now, deadline, seen, created = tonumber(ARGV[1]), whole(old[2]), whole(old[3]), whole(old[6])
if old[1] ~= ARGV[2] or not (deadline and seen and created) or deadline <= now then return 0 end
local lastSeenAt, expiresAt = ARGV[3], ARGV[4]
if seen > tonumber(lastSeenAt) then
  lastSeenAt = old[3]
  if deadline > tonumber(expiresAt) then expiresAt = old[2] end
end
local userId = ${body === "" ? "old[4] or ''" : "ARGV[8]"}
local indexedUntil = ARGV[5]
if userId ~= '' then
  if indexedUntil == '' and userId == old[4] then indexedUntil = old[5] or '' end
  if (whole(indexedUntil) or 0) < tonumber(expiresAt) then return {userId, old[6], expiresAt} end
end
redis.call('HSET', KEYS[1], 'lastSeenAt', lastSeenAt, 'expiresAt', expiresAt)
if userId ~= '' then redis.call('HSET', KEYS[1], 'userId', userId, 'indexedUntil', indexedUntil) end
${body}expire(KEYS[1], tonumber(expiresAt) - now)
return 1`;

export const touch: RedisScript = script(update(""));

export const replace: RedisScript = script(
  update(`redis.call('HSET', KEYS[1], 'version', ARGV[6], 'body', ARGV[7])
if userId == '' then redis.call('HDEL', KEYS[1], 'userId', 'indexedUntil') end
`),
);

/** 0: no record of ours. A list: what its entry in the index is found by. */
export const remove: RedisScript = script(`if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return 0 end
local old = redis.call('HMGET', KEYS[1], 'version', 'userId', 'createdAt')
if not old[1] then return 0 end
redis.call('DEL', KEYS[1])
return {old[2] or '', old[3] or ''}`);

/** now, until, entry. Also drops entries that are over, of a few taken at random: more than can be added. */
export const addEntry: RedisScript = script(`${expire}
local now, wait = tonumber(ARGV[1]), tonumber(ARGV[2]) - tonumber(ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, entry in ipairs(redis.call('ZRANDMEMBER', KEYS[1], 16)) do
    local deadline = tonumber(string.match(entry, '!(%d+)$'))
    if deadline and deadline <= now then redis.call('ZREM', KEYS[1], entry) end
  end
end
redis.call('ZADD', KEYS[1], 0, ARGV[3])
if redis.call('PTTL', KEYS[1]) < wait + ${margin} then expire(KEYS[1], wait) end
return 1`);
