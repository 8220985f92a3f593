/** In a script: which copy of the data answers, as the process and its history of replication. Another answer is another copy, which may have missed the latest writes. */
export const STORE_SOURCE = `
local function source()
  local process = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  return process .. '/' .. string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
end
`;
