import { defineScript } from "../redis-script.ts";
import { STORE_SOURCE } from "./store-source.ts";

/**
 * Looks at the mark of a part of the store: that it is there says that nothing of this part was ever lost. One that is missing although it is known is written again,
 * with the time at which that was seen, and so is one that is younger than the known: somebody took the empty store for a new one. Notes which copy answers, and since when.
 * KEYS: mark. ARGV: known mark or '', name of the cluster, '1' to accept what was lost, '1' when no node can hold anything that a new copy has missed.
 * Answers `absent`; `foreign` and whose it is; or `mark`, its id, the copy, for how many ms that answers, since when something is lost or '', whether all marks were made, and whether a loss was accepted.
 */
export const LOOK_MARK_SCRIPT = defineScript(
  "lookMark",
  `${STORE_SOURCE}
local key, known, name, isAccepted, isCalm = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[4] == '1'
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local now = string.format('%.0f', nowMs)
local mark = redis.call('HMGET', key, 'id', 'name', 'lost', 'src', 'at', 'whole')
local id, lost, src, at, whole = mark[1], mark[3], mark[4], mark[5], mark[6] or ''
if not id and known == '' then return { 'absent' } end
if id and mark[2] ~= name then return { 'foreign', mark[2] } end
if not id or (known ~= '' and known < id) then
  id, lost, src, at, whole = known, lost or now, false, false, '1'
  redis.call('HSET', key, 'id', id, 'name', name, 'whole', '1', 'lost', lost)
end
local wasLost = lost
if lost and isAccepted then
  redis.call('HDEL', key, 'lost')
  lost = false
end
local copy = source()
if src ~= copy then
  at = isCalm and '0' or now
  redis.call('HSET', key, 'src', copy, 'at', at)
end
local sinceMs = string.format('%.0f', math.max(0, nowMs - tonumber(at or '0')))
return { 'mark', id, copy, sinceMs, lost or '', whole, wasLost and not lost and '1' or '' }
`,
);
