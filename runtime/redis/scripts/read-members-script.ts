import { defineScript } from "../redis-script.ts";
import { MEMBERSHIP_PRELUDE } from "./membership-prelude.ts";

/** Reads the table and its number in one step. */
export const READ_MEMBERS_SCRIPT = defineScript(
  "readMembers",
  `${MEMBERSHIP_PRELUDE}
return { version(), redis.call('HGETALL', NODES) }
`,
);
