import { defineScript } from "../redis-script.ts";

/**
 * `records(log, version, from, left, room)`: records in order from a version on, until there are `left` or they have `room` bytes: one at least, if there is one. The last of a log
 * is that of the latest version, so each is found by its distance from the end. Looks at a few at a time, so that the server never holds much more than it answers.
 */
export const RECORDS_PRELUDE = `
local function records(log, version, from, left, room)
  local found = {}
  from = math.max(from, version - redis.call('LLEN', log) + 1)
  left = math.min(left, version - from + 1)
  while left > 0 and room > 0 do
    local wanted = math.min(left, 16)
    local at = from - version - 1
    local some = redis.call('LRANGE', log, at, at + wanted - 1)
    for _, record in ipairs(some) do
      if room <= 0 then break end
      found[#found + 1] = record
      room = room - #record
    end
    left = left - wanted
    from = from + wanted
  end
  return found
end
`;

/** Reads records of an entity in order. KEYS: state, log. ARGV: version to begin with, how many at most, how many bytes. */
export const RECORDS_SCRIPT = defineScript(
  "records",
  `${RECORDS_PRELUDE}
local version = tonumber(redis.call('HGET', KEYS[1], 'v') or '0')
return records(KEYS[2], version, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))
`,
);
