/**
 * The changes of a rollout on Redis, each of which happens as a whole. A script may be sent twice, when the answer to the first
 * was lost.
 */
export const redisScripts = {
  /** Keys: rollouts, rollout, records, zones. Arguments: id, plan, number of zones, zones, records. */
  create: `
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('HSET', KEYS[2], 'plan', ARGV[2], 'version', 0, 'sequence', 0)
local zones = tonumber(ARGV[3])
for i = 4, 3 + zones do redis.call('HINCRBY', KEYS[4], ARGV[i], 1) end
for i = 4 + zones, #ARGV do redis.call('HSET', KEYS[3], i - 4 - zones, ARGV[i]) end
redis.call('RPUSH', KEYS[1], ARGV[1])
return 1`,
  /** Keys: rollouts, rollout, records, zones, changes. Arguments: id, version, zones. */
  remove: `
local version = redis.call('HGET', KEYS[2], 'version')
if not version then return 1 end
if version ~= ARGV[2] then return 0 end
for i = 3, #ARGV do
  if redis.call('HINCRBY', KEYS[4], ARGV[i], -1) <= 0 then redis.call('HDEL', KEYS[4], ARGV[i]) end
end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[5])
redis.call('LREM', KEYS[1], 0, ARGV[1])
return 1`,
  /** Keys: rollout. Arguments: expected version, version, saved, writer. */
  save: `
local known = redis.call('HMGET', KEYS[1], 'version', 'writer')
if known[1] == ARGV[1] then
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'saved', ARGV[3], 'writer', ARGV[4])
  return 1
end
return known[1] == ARGV[2] and known[2] == ARGV[4] and 1 or 0`,
  /** Keys: rollout, records, changes, lease. Arguments: index, record, token or nothing. */
  write: `
if ARGV[3] ~= '' and redis.call('HGET', KEYS[4], 'token') ~= ARGV[3] then return 0 end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[3], redis.call('HINCRBY', KEYS[1], 'sequence', 1), ARGV[1])
return 1`,
  /** Keys: rollout, records. Arguments: from, count. */
  records: `
local found = {}
for index = tonumber(ARGV[1]), ARGV[1] + ARGV[2] - 1 do
  local record = redis.call('HGET', KEYS[2], index)
  if not record then break end
  found[#found + 1] = record
end
return {redis.call('HGET', KEYS[1], 'sequence'), found}`,
  /** Keys: rollout, records, changes. Arguments: sequence, version. */
  changes: `
local known = redis.call('HMGET', KEYS[1], 'sequence', 'version', 'saved')
if not known[1] then return false end
local found = {}
for _, index in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf')) do
  found[#found + 1] = redis.call('HGET', KEYS[2], index)
end
return {known[1], found, known[2] ~= ARGV[2] and known[3] or false}`,
  /** Keys: lease, token. Arguments: claim, milliseconds. A token is never given twice, even by a server that has lost the last one. */
  claim: `
local held = redis.call('HMGET', KEYS[1], 'claim', 'token')
if held[2] then return held[1] == ARGV[1] and held[2] end
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local token = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
redis.call('SET', KEYS[2], token)
redis.call('HSET', KEYS[1], 'claim', ARGV[1], 'token', token)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return token`,
  /** Keys: lease. Arguments: token, milliseconds. */
  extend: `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
  /** Keys: lease. Arguments: token. */
  release: `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
  /** Keys: questions, question. Arguments: id, zone or nothing, question, milliseconds. */
  ask: `
local time = redis.call('TIME')
redis.call('HSET', KEYS[2], 'zone', ARGV[2], 'question', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])`,
  /** Keys: questions, the beginning of the key of a question. Arguments: zone or nothing, milliseconds. */
  take: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  local found = redis.call('HMGET', KEYS[2] .. id, 'zone', 'question')
  if not found[2] then
    redis.call('ZREM', KEYS[1], id)
  elseif ARGV[1] == '' or found[1] == ARGV[1] then
    redis.call('ZADD', KEYS[1], now + ARGV[2], id)
    return {id, found[2]}
  end
end
return false`,
  /** Keys: questions, question. Arguments: id, answer. */
  answer: `
redis.call('ZREM', KEYS[1], ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
return redis.call('HSET', KEYS[2], 'answer', ARGV[2])`,
} as const
