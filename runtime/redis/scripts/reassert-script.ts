import { defineScript } from "../redis-script.ts";

/** Says again who owns an entity, after a failover that may have lost it. A record with a lower epoch is overwritten, any other stays. */
export const REASSERT_SCRIPT = defineScript(
  "reassert",
  `
local own, epoch, incarnation, node = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local owner = redis.call('HMGET', own, 'e', 'i', 'n')
if owner[1] == epoch and owner[2] == incarnation then return { 'held' } end
if owner[1] and tonumber(owner[1]) >= tonumber(epoch) then
  if owner[2] then return { 'fenced', owner[1], owner[2], owner[3] or '' } end
  return { 'fenced' }
end
redis.call('HDEL', own, 's')
redis.call('HSET', own, 'e', epoch, 'i', incarnation, 'n', node)
return { 'held' }
`,
);
