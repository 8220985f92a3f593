import { defineScript } from "../redis-script.ts";

/**
 * Forgets the records and the snapshot of an entity; who owns it stays.
 * KEYS: own, state, log. ARGV: ownerEpoch, incarnation. Answers 1, or why not.
 */
export const REMOVE_SCRIPT = defineScript(
  "remove",
  `
local owner = redis.call('HMGET', KEYS[1], 'e', 'i')
if owner[1] ~= ARGV[1] or owner[2] ~= ARGV[2] then return {'fenced', owner[1], owner[2]} end
redis.call('DEL', KEYS[2], KEYS[3])
return 1
`,
);
