import { defineScript } from "../redis-script.ts";

/** Gives an entity up. The epoch stays as long as there is state that a late writer could damage. */
export const RELEASE_SCRIPT = defineScript(
  "release",
  `
local own, state, epoch, incarnation = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local owner = redis.call('HMGET', own, 'e', 'i', 'n')
if owner[2] and (owner[1] ~= epoch or owner[2] ~= incarnation) then
  return { 'fenced', owner[1], owner[2], owner[3] or '' }
end
if owner[1] and owner[1] ~= epoch then return { 'fenced' } end
if redis.call('EXISTS', state) == 0 then redis.call('DEL', own) else redis.call('HDEL', own, 'i', 'n', 's') end
return { 'released' }
`,
);
