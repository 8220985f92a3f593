import { defineScript } from "../redis-script.ts";
import { RECORDS_PRELUDE } from "./records-script.ts";

/**
 * Makes an incarnation the owner of entities that have none, or whose owner is exactly the given one or among the dead; each is decided by itself, in order. An epoch is larger than the one
 * before and at least the time in microseconds, so that it grows also when a failover has lost the latest. What is stored of an entity that was claimed comes along if all of it
 * fits: from that moment on nobody else can add to it, because every write is compared with its owner. What was read and does not fit takes its place all the same, so that many
 * large ones do not hold up everybody else.
 * KEYS of each: own, state, log. ARGV: incarnation, node, bytes for what comes along, records of each at most, how many are dead, and their incarnations; of each whose place is taken: epoch, incarnation.
 * Answers for each the epoch and what comes along, or whose it is, or why nothing was done. A server that takes no writes at all is an error for all of them.
 */
export const CLAIM_SCRIPT = defineScript(
  "claim",
  `${RECORDS_PRELUDE}
local time = redis.call('TIME')
local nowUs = time[1] * 1000000 + time[2]
local incarnation, node = ARGV[1], ARGV[2]
local room, recordsMax, goneCount = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local isGone = {}
for i = 1, goneCount do isGone[ARGV[5 + i]] = true end

local function stored(state, log)
  if room <= 0 then return false end
  local at = redis.call('HMGET', state, 'v', 's')
  local version, behind = tonumber(at[1] or '0'), tonumber(at[2] or '0')
  if version - behind > recordsMax then return false end
  local snapshot, found, size = false, {}, 0
  if at[2] then
    -- Its size first: nobody else is served while megabytes are read for nothing.
    if redis.call('MEMORY', 'USAGE', state) > room then return false end
    snapshot = redis.call('HGET', state, 'd')
    if not snapshot then return false end
    room = room - #snapshot
  end
  if version > behind then
    found, size = records(log, version, behind + 1, version - behind, room)
    room = room - size
    if #found < version - behind or room < 0 then return false end
  end
  return { version, at[2] and behind, snapshot, found }
end

local function claim(k, a)
  local own = KEYS[k]
  local owner = redis.call('HMGET', own, 'e', 'i', 'n', 's')
  local isNamed = owner[1] == ARGV[a] and owner[2] == ARGV[a + 1]
  if owner[2] and not isNamed and not isGone[owner[2]] then
    return { 'owned', owner[1], owner[2], owner[3] or '' }
  end
  local epoch = math.max(nowUs, tonumber(owner[1] or '0') + 1)
  if owner[4] then redis.call('HDEL', own, 's') end
  redis.call('HSET', own, 'e', string.format('%.0f', epoch), 'i', incarnation, 'n', node)
  local isRead, all = pcall(stored, KEYS[k + 1], KEYS[k + 2])
  return { epoch, isRead and all }
end

local answers = {}
for i = 1, #KEYS / 3 do
  local isDone, answer = pcall(claim, 3 * i - 2, goneCount + 2 * i + 4)
  if not isDone then
    local text = type(answer) == 'table' and answer.err or tostring(answer)
    if string.find(text, 'READONLY', 1, true) == 1 then return redis.error_reply(text) end
    answer = { 'failed', text }
  end
  answers[i] = answer
end
return answers
`,
);
