import { defineScript } from "../redis-script.ts";
import { MEMBERSHIP_PRELUDE } from "./membership-prelude.ts";

/** Reads how long the lease of each member still runs, by the clock of Redis. */
export const READ_LEASES_SCRIPT = defineScript(
  "readLeases",
  `${MEMBERSHIP_PRELUDE}
local leases, left = redis.call('ZRANGE', LEASE, 0, -1, 'WITHSCORES'), {}
for at = 1, #leases, 2 do left[#left + 1] = { leases[at], tonumber(leases[at + 1]) - nowMs } end
return left
`,
);
