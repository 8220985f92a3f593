import { defineScript } from "../redis-script.ts";

/** Removes what a dead node has left, when its heir is through with it. KEYS: left, heir. ARGV: the heir. */
export const FORGET_INBOX_SCRIPT = defineScript(
  "forgetInbox",
  `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 'forgotten'
`,
);
