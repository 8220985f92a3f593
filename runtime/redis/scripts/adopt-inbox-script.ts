import { defineScript } from "../redis-script.ts";

/**
 * Takes over the inbox of a dead node, unless somebody else has, or exactly the given dead one had. Renaming it closes it: what is still sent to the dead node is refused.
 * KEYS: in, left, heir. ARGV: who takes it, after whom or '', for how many seconds that is remembered.
 */
export const ADOPT_INBOX_SCRIPT = defineScript(
  "adoptInbox",
  `
local inbox, left, heirKey, me, after, keptSeconds = KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], ARGV[3]
local heir = redis.call('GET', heirKey)
if heir and heir ~= me and heir ~= after then return { 'taken', heir } end
redis.call('SET', heirKey, me, 'EX', keptSeconds)
if redis.call('EXISTS', inbox) == 1 and redis.call('EXISTS', left) == 0 then redis.call('RENAME', inbox, left) end
return { 'adopted' }
`,
);
