import { defineScript } from "../redis-script.ts";

/**
 * Stores the next record of each of some entities, where the writer owns it and its version is the one that the writer believes. Each is
 * decided by itself, in order. KEYS of each: own, state, log. ARGV of each: ownerEpoch, incarnation, expected version, next version, record.
 * Answers for each 1, or why not. A server that takes no writes at all is an error for all of them: nothing is stored then.
 */
export const APPEND_SCRIPT = defineScript(
  "append",
  `
-- The last record of a log is that of the latest version, and all behind the snapshot are there: what has lost one of the two is not added to.
local function isWhole(state, count, version)
  if count == version then return true end
  local behind = tonumber(redis.call('HGET', state, 's')) or 0
  return count < version and count >= version - behind
end

local function append(k, a)
  local owner = redis.call('HMGET', KEYS[k], 'e', 'i')
  if owner[1] ~= ARGV[a] or owner[2] ~= ARGV[a + 1] then return {'fenced', owner[1], owner[2]} end
  local version = redis.call('HGET', KEYS[k + 1], 'v') or '0'
  if version ~= ARGV[a + 2] then return {'conflict', version} end
  -- The answer tells how many there were: asking before it would cost each append one call more.
  local count = redis.call('RPUSH', KEYS[k + 2], ARGV[a + 4]) - 1
  if not isWhole(KEYS[k + 1], count, tonumber(version)) then
    redis.call('LTRIM', KEYS[k + 2], 0, -2)
    return {'failed', string.format('DAMAGED a log of %d records at version %s', count, version)}
  end
  redis.call('HSET', KEYS[k + 1], 'v', ARGV[a + 3])
  return 1
end

local answers = {}
for i = 1, #KEYS / 3 do
  local isDone, answer = pcall(append, 3 * i - 2, 5 * i - 4)
  if not isDone then
    local text = type(answer) == 'table' and answer.err or tostring(answer)
    if string.find(text, 'READONLY', 1, true) == 1 then return redis.error_reply(text) end
    answer = {'failed', text}
  end
  answers[i] = answer
end
return answers
`,
);
