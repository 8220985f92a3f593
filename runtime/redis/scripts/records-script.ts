import { defineScript } from "../redis-script.ts";

/**
 * Reads records of an entity in order, until there are enough of them or they are large enough: one at least, if there is one. Looks at a few at a time, so that the
 * server never holds much more than it answers. KEYS: log. ARGV: id to begin with, how many at most, how many bytes.
 */
export const RECORDS_SCRIPT = defineScript(
  "records",
  `
local from, left, room = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local found = {}
while left > 0 and room > 0 do
  local some = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', math.min(left, 16))
  if #some == 0 then break end
  for _, entry in ipairs(some) do
    if room <= 0 then break end
    found[#found + 1] = entry
    left = left - 1
    for _, field in ipairs(entry[2]) do room = room - #field end
  end
  from = '(' .. some[#some][1]
end
return found
`,
);
