import { defineScript } from "../redis-script.ts";

/**
 * `records(log, version, from, left, room)`: records in order from a version on, until there are `left` or they have `room` bytes: one at least, if there is one; and how many bytes
 * were read for that. The last of a log is that of the latest version, so each is found by its distance from the end. Nobody else is served meanwhile: one is read first, then twice
 * as many as before, as far as they fit if they are like the largest so far. So little is read for nothing, and 16 records at worst.
 */
export const RECORDS_PRELUDE = `
local function records(log, version, from, left, room)
  local found, size, largest, wanted = {}, 0, 1, 1
  from = math.max(from, version - redis.call('LLEN', log) + 1)
  left = math.min(left, version - from + 1)
  while left > 0 and size < room do
    wanted = math.min(wanted, left, math.ceil((room - size) / largest))
    local at = from - version - 1
    local some = redis.call('LRANGE', log, at, at + wanted - 1)
    for _, record in ipairs(some) do
      if size < room then found[#found + 1] = record end
      size = size + #record
      largest = math.max(largest, #record)
    end
    left = left - wanted
    from = from + wanted
    wanted = math.min(2 * wanted, 16)
  end
  return found, size
end
`;

/** Reads records of an entity in order. KEYS: state, log. ARGV: version to begin with, how many at most, how many bytes. */
export const RECORDS_SCRIPT = defineScript(
  "records",
  `${RECORDS_PRELUDE}
local version = tonumber(redis.call('HGET', KEYS[1], 'v') or '0')
local found = records(KEYS[2], version, tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))
return found
`,
);
