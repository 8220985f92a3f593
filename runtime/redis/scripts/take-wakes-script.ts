import { defineScript } from "../redis-script.ts";

/**
 * Takes what is due in a bucket, the earliest first, for the owner of the bucket alone. What is taken is due again later, and stands in the hash of what is under
 * way, so that the next owner need not wait that long. KEYS: own, due, firing.
 * ARGV: owner epoch, incarnation, now, until, retry after, how many. Answers entities and times, and the time of the next one; or `fenced`.
 */
export const TAKE_WAKES_SCRIPT = defineScript(
  "takeWakes",
  `
local own, due, firing = KEYS[1], KEYS[2], KEYS[3]
local owner = redis.call('HMGET', own, 'e', 'i')
if owner[1] ~= ARGV[1] or owner[2] ~= ARGV[2] then return { 'fenced' } end
local now, retryAfter = tonumber(ARGV[3]), tonumber(ARGV[5])
local taken = redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[4], 'WITHSCORES', 'LIMIT', 0, ARGV[6])
for at = 1, #taken, 2 do
  local retryAt = math.max(now, tonumber(taken[at + 1])) + retryAfter
  redis.call('ZADD', due, string.format('%.0f', retryAt), taken[at])
  redis.call('HSET', firing, taken[at], ARGV[1])
end
local nextOne = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
return { 'taken', taken, nextOne[2] or '' }
`,
);
