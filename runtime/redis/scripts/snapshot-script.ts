import { defineScript } from "../redis-script.ts";

/**
 * Stores a snapshot of an entity and removes the records before one version. An older snapshot than the stored one changes nothing.
 * KEYS: own, state, log. ARGV: ownerEpoch, incarnation, version, first version to keep, bytes. Answers 1, or why not.
 */
export const SNAPSHOT_SCRIPT = defineScript(
  "snapshot",
  `
local owner = redis.call('HMGET', KEYS[1], 'e', 'i')
if owner[1] ~= ARGV[1] or owner[2] ~= ARGV[2] then return {'fenced', owner[1], owner[2]} end
local state = redis.call('HMGET', KEYS[2], 'v', 's')
local latest, version = tonumber(state[1] or '0'), tonumber(ARGV[3])
if version > latest then return {'conflict', state[1] or '0'} end
if version < tonumber(state[2] or '0') then return 1 end
redis.call('HSET', KEYS[2], 's', ARGV[3], 'd', ARGV[5])
-- As many as there are from that version on, counted from the end.
local kept = latest - tonumber(ARGV[4]) + 1
if kept > 0 then redis.call('LTRIM', KEYS[3], -kept, -1) else redis.call('DEL', KEYS[3]) end
return 1
`,
);
