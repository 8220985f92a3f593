import { defineScript } from "../redis-script.ts";

/** Removes the inbox of a node that ends, when it is empty; what is in it is left to others. KEYS: in. */
export const LEAVE_INBOX_SCRIPT = defineScript(
  "leaveInbox",
  `
if redis.call('XLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[1]) end
return 'left'
`,
);
