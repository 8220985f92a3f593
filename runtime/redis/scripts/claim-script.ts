import { defineScript } from "../redis-script.ts";

/**
 * Makes an incarnation the owner of an entity that has none, or whose owner is exactly the given one. Its epoch is larger than the one before and at least the
 * time in microseconds, so that it grows also when a failover has lost the latest.
 */
export const CLAIM_SCRIPT = defineScript(
  "claim",
  `
local own, incarnation, node, afterEpoch, afterIncarnation = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local owner = redis.call('HMGET', own, 'e', 'i', 'n')
if owner[2] and (owner[1] ~= afterEpoch or owner[2] ~= afterIncarnation) then
  return { 'owned', owner[1], owner[2], owner[3] or '' }
end
local time = redis.call('TIME')
local epoch = math.max(time[1] * 1000000 + time[2], tonumber(owner[1] or '0') + 1)
local text = string.format('%.0f', epoch)
redis.call('HDEL', own, 's')
redis.call('HSET', own, 'e', text, 'i', incarnation, 'n', node)
return { 'claimed', text, incarnation, node }
`,
);
