import { defineScript } from "../redis-script.ts";

/** Makes the inbox of a node when it has none, with an empty entry as its mark, unless the node was taken for dead. KEYS: in, heir. */
export const OPEN_INBOX_SCRIPT = defineScript(
  "openInbox",
  `
if redis.call('EXISTS', KEYS[2]) == 1 then return 'adopted' end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('XADD', KEYS[1], '*', 'f', '') end
return 'open'
`,
);
