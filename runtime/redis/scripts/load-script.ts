import { defineScript } from "../redis-script.ts";
import { RECORDS_PRELUDE } from "./records-script.ts";

/**
 * Where an entity stands, its snapshot, and the first records behind that: most entities are loaded with one question. KEYS: state, log. ARGV: how many records at most, how
 * many bytes. Answers version, version of the snapshot, snapshot, records.
 */
export const LOAD_SCRIPT = defineScript(
  "load",
  `${RECORDS_PRELUDE}
local state = redis.call('HMGET', KEYS[1], 'v', 's', 'd')
local behind = state[3] and tonumber(state[2]) or 0
local version = tonumber(state[1] or '0')
local found = {}
if version > behind then found = records(KEYS[2], version, behind + 1, tonumber(ARGV[1]), tonumber(ARGV[2])) end
return { state[1], state[2], state[3], found }
`,
);
