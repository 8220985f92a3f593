import { defineScript } from "../redis-script.ts";
import { MEMBERSHIP_PRELUDE } from "./membership-prelude.ts";

/**
 * Removes members whose leases have lapsed, unless too many did at once. The brake is decided in here, and not by who calls: so it has one clock and one memory,
 * and a node that has just come back cannot remove anybody on what it alone has seen. It is `decideRemoval` of the membership table, in Lua.
 */
export const REMOVE_EXPIRED_SCRIPT = defineScript(
  "removeExpired",
  `${MEMBERSHIP_PRELUDE}
local ttlMs, removeAfterMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local massMin, massShare, windowMs = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local due = redis.call('ZRANGEBYSCORE', LEASE, '-inf', nowMs - removeAfterMs, 'WITHSCORES')
if #due == 0 then return { {}, 0 } end

local hold = holdOf()
local served = servedOf(hold)
local leases = redis.call('ZCARD', LEASE)
local lapses = {}
local function addLapse(atMs)
  if atMs > served and atMs <= nowMs then table.insert(lapses, atMs) end
end
local lapsed = redis.call('ZRANGEBYSCORE', LEASE, '-inf', nowMs, 'WITHSCORES')
for at = 2, #lapsed, 2 do addLapse(tonumber(lapsed[at])) end
-- Those who were removed a moment ago count too, or a mass that drips in would pass one by one.
local removedLately = redis.call('ZRANGEBYSCORE', ENDED, nowMs - removeAfterMs - windowMs, '+inf')
for _, incarnation in ipairs(removedLately) do
  local row = rowOf(incarnation)
  if row and row.cause == 'expired' then
    leases = leases + 1
    addLapse(row.atMs)
  end
end
table.sort(lapses)
local enough = math.max(massMin, math.floor(leases / massShare) + 1)
for at = enough, #lapses do
  if lapses[at] - lapses[at - enough + 1] <= windowMs then
    hold = beginHold(hold, ttlMs)
    break
  end
end

local isHeld = hold and hold.till > nowMs
local removed = {}
for at = 1, #due, 2 do
  local expiryMs = tonumber(due[at + 1])
  if not isHeld or expiryMs <= served then
    -- A lease without a row is left over from a damaged table.
    local row = rowOf(due[at])
    if row then finish(due[at], row, 'expired', expiryMs) else redis.call('ZREM', LEASE, due[at]) end
    table.insert(removed, due[at])
  end
end
if #removed > 0 then forgetDead(tonumber(ARGV[3]), tonumber(ARGV[4])) end
return { removed, overdue(removeAfterMs) > 0 and isHeld and hold.till - nowMs or 0 }
`,
);
