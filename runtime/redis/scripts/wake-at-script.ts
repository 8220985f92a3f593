import { defineScript } from "../redis-script.ts";

/**
 * Has an entity woken at exactly a time, or not at all; what was written in a later name stays. KEYS: due, by, firing.
 * ARGV: entity, owner epoch, number, due in ms or nothing. Answers 1, or 0 when nothing was changed.
 */
export const WAKE_AT_SCRIPT = defineScript(
  "wakeAt",
  `
local entity, epoch, seq = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local by = redis.call('HGET', KEYS[2], entity)
local byEpoch, bySeq = string.match(by or '', '^(%d+) (%d+)$')
if byEpoch and (tonumber(byEpoch) > epoch or (tonumber(byEpoch) == epoch and tonumber(bySeq) > seq)) then return 0 end
redis.call('HDEL', KEYS[3], entity)
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[1], entity)
  redis.call('HDEL', KEYS[2], entity)
else
  redis.call('ZADD', KEYS[1], ARGV[4], entity)
  redis.call('HSET', KEYS[2], entity, ARGV[2] .. ' ' .. ARGV[3])
end
return 1
`,
);
