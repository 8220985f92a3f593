import { defineScript } from "../redis-script.ts";
import { MEMBERSHIP_PRELUDE } from "./membership-prelude.ts";

/** Renews a member's lease, and answers with the table if the member does not know it yet, and with what is due. */
export const RENEW_SCRIPT = defineScript(
  "renew",
  `${MEMBERSHIP_PRELUDE}
local incarnation, known, ttlMs, removeAfterMs = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local row = rowOf(incarnation)
if not row then return { 'unknownMember' } end
if row.state == 'dead' then return { 'dead' } end
-- Who was away cannot tell the dead from those who were cut off with it.
if tonumber(redis.call('ZSCORE', LEASE, incarnation) or '0') < nowMs then beginHold(holdOf(), ttlMs) end
redis.call('ZADD', LEASE, nowMs + ttlMs, incarnation)
local rows = {}
if version() ~= known then rows = redis.call('HGETALL', NODES) end
local first = redis.call('ZRANGE', LEASE, 0, 0, 'WITHSCORES')
return { 'renewed', source(), version(), rows, overdue(removeAfterMs), tonumber(first[2]) + removeAfterMs - nowMs }
`,
);
