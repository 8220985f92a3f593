import { STORE_SOURCE } from "./store-source.ts";

/**
 * What the scripts of the membership table share. Their keys: nodes, view, lease, ended, hold. The only clock is that of Redis.
 * A row is JSON; what a node says of itself is one text inside it, because Lua would make an object of an empty list.
 */
export const MEMBERSHIP_PRELUDE = `
local NODES, VIEW, LEASE, ENDED, HOLD = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)

-- One that cannot be read counts as none: it must not keep the others from being served.
local function rowOf(incarnation)
  local isRead, row = pcall(cjson.decode, redis.call('HGET', NODES, incarnation) or '')
  return isRead and type(row) == 'table' and row.state and row
end

-- At least the time in microseconds: so two views never have the same number, whatever a failover has lost.
local function put(incarnation, row)
  redis.call('HSET', NODES, incarnation, cjson.encode(row))
  local before = tonumber(redis.call('GET', VIEW) or '0')
  redis.call('SET', VIEW, string.format('%.0f', math.max(time[1] * 1000000 + time[2], before + 1)))
end

local function version()
  return redis.call('GET', VIEW) or '0'
end
${STORE_SOURCE}
local function holdOf()
  local hold = redis.call('HMGET', HOLD, 'from', 'until', 'served')
  return hold[1] and { from = tonumber(hold[1]), till = tonumber(hold[2]), served = tonumber(hold[3]) }
end

local function servedOf(hold)
  if not hold then return 0 end
  return hold.till > nowMs and hold.served or hold.from
end

local function beginHold(hold, ttlMs)
  if hold and hold.till > nowMs then return hold end
  local begun = { from = nowMs, till = nowMs + ttlMs, served = servedOf(hold) }
  redis.call('HSET', HOLD, 'from', begun.from, 'until', begun.till, 'served', begun.served)
  return begun
end

local function overdue(removeAfterMs)
  return redis.call('ZCOUNT', LEASE, '-inf', nowMs - removeAfterMs)
end

-- The dead are remembered for a while, and only so many of them.
local function forgetDead(keptMs, keptMax)
  local old = redis.call('ZRANGEBYSCORE', ENDED, '-inf', '(' .. (nowMs - keptMs))
  local tooMany = redis.call('ZCARD', ENDED) - keptMax
  if tooMany > #old then old = redis.call('ZRANGE', ENDED, 0, tooMany - 1) end
  for _, incarnation in ipairs(old) do
    redis.call('ZREM', ENDED, incarnation)
    redis.call('HDEL', NODES, incarnation)
  end
end

local function finish(incarnation, row, cause, atMs)
  row.state, row.cause, row.atMs = 'dead', cause, atMs
  put(incarnation, row)
  redis.call('ZREM', LEASE, incarnation)
  redis.call('ZADD', ENDED, atMs, incarnation)
end
`;
