import { defineScript } from "../redis-script.ts";
import { MEMBERSHIP_PRELUDE } from "./membership-prelude.ts";

/** Adds a member, or finds the row that an earlier call with the same token has added. */
export const JOIN_SCRIPT = defineScript(
  "join",
  `${MEMBERSHIP_PRELUDE}
local incarnation, token, facts, ttlMs, membersMax = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local row = rowOf(incarnation)
if row and row.state == 'dead' then return { 'dead' } end
if row and row.token ~= token then return { 'identityTaken' } end
if not row then
  if redis.call('HLEN', NODES) >= membersMax then return { 'tableFull' } end
  put(incarnation, { state = 'joining', token = token, facts = facts, joinedAtMs = nowMs })
end
redis.call('ZADD', LEASE, nowMs + ttlMs, incarnation)
return { 'joined', source(), version(), redis.call('HGETALL', NODES) }
`,
);
