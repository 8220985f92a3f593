import { defineScript } from "../redis-script.ts";

/**
 * Has an entity woken at a time or before: what is stored for an earlier time stays. KEYS: due, by, firing.
 * ARGV: entity, owner epoch, number, due in ms.
 */
export const WAKE_BY_SCRIPT = defineScript(
  "wakeBy",
  `
local entity, epoch, seq = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local at = redis.call('ZSCORE', KEYS[1], entity)
if not at or tonumber(ARGV[4]) < tonumber(at) then
  redis.call('ZADD', KEYS[1], ARGV[4], entity)
  redis.call('HDEL', KEYS[3], entity)
end
local by = redis.call('HGET', KEYS[2], entity)
local byEpoch, bySeq = string.match(by or '', '^(%d+) (%d+)$')
if not byEpoch or tonumber(byEpoch) < epoch or (tonumber(byEpoch) == epoch and tonumber(bySeq) < seq) then
  redis.call('HSET', KEYS[2], entity, ARGV[2] .. ' ' .. ARGV[3])
end
return 1
`,
);
