import { defineScript } from "../redis-script.ts";

/** `records(log, from, left, room)`: records in order from an id on, until there are `left` or they have `room` bytes: one at least, if there is one. Looks at a few at a time, so that the server never holds much more than it answers. */
export const RECORDS_PRELUDE = `
local function records(log, from, left, room)
  local found = {}
  while left > 0 and room > 0 do
    local wanted = math.min(left, 16)
    local some = redis.call('XRANGE', log, from, '+', 'COUNT', wanted)
    for _, entry in ipairs(some) do
      if room <= 0 then break end
      found[#found + 1] = entry
      left = left - 1
      for _, field in ipairs(entry[2]) do room = room - #field end
    end
    if #some < wanted then break end
    from = '(' .. some[#some][1]
  end
  return found
end
`;

/** Reads records of an entity in order. KEYS: log. ARGV: id to begin with, how many at most, how many bytes. */
export const RECORDS_SCRIPT = defineScript(
  "records",
  `${RECORDS_PRELUDE}
return records(KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
`,
);
