import { defineScript } from "../redis-script.ts";

/**
 * Makes the mark of a part of the store where there is none, or says that the marks of all parts were made: from then on one that is missing is lost.
 * A new id begins with the time of Redis, because the older of two is the known one: no node's clock may decide that.
 * KEYS: mark. ARGV: id, or '' for a new one; name of the cluster; '1' when all were made; what makes a new id differ from any other. Answers the id that it has.
 */
export const MAKE_MARK_SCRIPT = defineScript(
  "makeMark",
  `
local key, id = KEYS[1], ARGV[1]
if id == '' then
  local time = redis.call('TIME')
  id = string.format('%015.0f-%s', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[4])
end
if redis.call('HSETNX', key, 'id', id) == 1 then redis.call('HSET', key, 'name', ARGV[2]) end
if ARGV[3] == '1' then redis.call('HSET', key, 'whole', '1') end
return redis.call('HGET', key, 'id')
`,
);
