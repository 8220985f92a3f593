import { defineScript } from "../redis-script.ts";

/**
 * Makes an incarnation the one that takes from a bucket, with an epoch that is larger than the one before and at least the time in microseconds; one that has its
 * epoch already keeps it. What others have taken and left behind is due at once: some of it at a time, so it is called again from the cursor that it answers until
 * that is 0. KEYS: own, due, firing. ARGV: incarnation, epoch or nothing, now, about how many, cursor. Answers the epoch and the next cursor; or `fenced`.
 */
export const OWN_BUCKET_SCRIPT = defineScript(
  "ownBucket",
  `
local own, due, firing = KEYS[1], KEYS[2], KEYS[3]
local owner = redis.call('HMGET', own, 'e', 'i')
local epoch = ARGV[2]
if epoch == '' then
  local time = redis.call('TIME')
  epoch = string.format('%.0f', math.max(time[1] * 1000000 + time[2], tonumber(owner[1] or '0') + 1))
  redis.call('HSET', own, 'e', epoch, 'i', ARGV[1])
elseif owner[1] ~= epoch or owner[2] ~= ARGV[1] then
  return { 'fenced' }
end
local page = redis.call('HSCAN', firing, ARGV[5], 'COUNT', ARGV[4])
local left = page[2]
for at = 1, #left, 2 do
  if left[at + 1] ~= epoch then
    if redis.call('ZSCORE', due, left[at]) then redis.call('ZADD', due, ARGV[3], left[at]) end
    redis.call('HDEL', firing, left[at])
  end
end
return { epoch, page[1] }
`,
);
