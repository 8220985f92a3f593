import { defineScript } from "../redis-script.ts";
import { MEMBERSHIP_PRELUDE } from "./membership-prelude.ts";

/** Takes a member to a later state; the last one is its end. */
export const MOVE_MEMBER_SCRIPT = defineScript(
  "moveMember",
  `${MEMBERSHIP_PRELUDE}
local incarnation, to, cause = ARGV[1], ARGV[2], ARGV[3]
local ORDER = { joining = 1, up = 2, leaving = 3, dead = 4 }
local row = rowOf(incarnation)
if not row then return 'unknownMember' end
if row.state == to then return 'moved' end
if row.state == 'dead' then return 'dead' end
if ORDER[to] < ORDER[row.state] then return 'backwards' end
if to == 'dead' then
  finish(incarnation, row, cause, nowMs)
  forgetDead(tonumber(ARGV[4]), tonumber(ARGV[5]))
else
  row.state = to
  put(incarnation, row)
end
return 'moved'
`,
);
