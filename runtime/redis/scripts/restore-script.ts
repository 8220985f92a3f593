import { defineScript } from "../redis-script.ts";

/**
 * Begins an entity of which nothing is stored with a snapshot: its next record is the one after it. KEYS: own, state, log.
 * ARGV: ownerEpoch, incarnation, version, bytes. Answers 1, or why not.
 */
export const RESTORE_SCRIPT = defineScript(
  "restore",
  `
local owner = redis.call('HMGET', KEYS[1], 'e', 'i')
if owner[1] ~= ARGV[1] or owner[2] ~= ARGV[2] then return {'fenced', owner[1], owner[2]} end
local version = redis.call('HGET', KEYS[2], 'v')
if version and version ~= '0' then return {'conflict', version} end
if redis.call('EXISTS', KEYS[3]) == 1 then return redis.error_reply('DAMAGED a log without a version') end
redis.call('HSET', KEYS[2], 'v', ARGV[3], 's', ARGV[3], 'd', ARGV[4])
return 1
`,
);
