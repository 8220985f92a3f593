import { defineScript } from "../redis-script.ts";

/**
 * Makes the mark of a part of the store where there is none, or says that the marks of all parts were made: from then on one that is missing is lost.
 * KEYS: mark. ARGV: id, name of the cluster, '1' when all were made. Answers the id that it has.
 */
export const MAKE_MARK_SCRIPT = defineScript(
  "makeMark",
  `
local key = KEYS[1]
if redis.call('HSETNX', key, 'id', ARGV[1]) == 1 then redis.call('HSET', key, 'name', ARGV[2]) end
if ARGV[3] == '1' then redis.call('HSET', key, 'whole', '1') end
return redis.call('HGET', key, 'id')
`,
);
