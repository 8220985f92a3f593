import type { Backoff } from "../time/backoff.ts";

/**
 * What a puller does about a call that has failed:
 * - `retry`: the network or the service failed; a new socket, later, from the same cursor
 * - `repairClock`: our clock is too far off even for the time that the service has told
 * - `renewCredentials`: the key is unknown, disabled or has expired; tell people and try now and then, the position stays
 * - `slowDown`: a quota is used up; later, at half the rate, and only this shard
 * - `restartAtOldest`: the cursor is not readable any more; go on from the oldest group and write the gap down
 * - `finishShard`: the shard is gone; list the shards
 * - `relist`: the logstore has no shards now; list them later
 * - `rejoin`: the lease of this consumer is lost; stop all shards, then send a heartbeat that holds none
 * - `dropShard`: this shard belongs to another consumer; stop it and commit nothing
 * - `recreateGroup`: the consumer group is gone; make it again, with the cursors that we have
 * - `probe`: the project or the logstore is gone; tell people, and look again every 30 s
 * - `split`: too much in one call; send less
 * - `stop`: a mistake of ours, or not allowed; tell people, and do not try again
 */
export type Remedy =
  | "retry"
  | "repairClock"
  | "renewCredentials"
  | "slowDown"
  | "restartAtOldest"
  | "finishShard"
  | "relist"
  | "rejoin"
  | "dropShard"
  | "recreateGroup"
  | "probe"
  | "split"
  | "stop";

/** How long to wait before a `retry`. */
export const RETRY_BACKOFF: Backoff = { minMs: 100, maxMs: 5000, jitter: 1 };

/** What the service has answered to a call that failed. */
export interface RefusedCall {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const BY_CODE: Readonly<Record<string, Remedy>> = {
  consumergroupnotexist: "recreateGroup",
  consumernotexist: "rejoin",
  consumernotmatch: "dropShard",
  internalservererror: "retry",
  logstorenotexist: "probe",
  logstorewithoutshard: "relist",
  metaoperationqpslimitexceeded: "slowDown",
  notexistconsumerwithbody: "rejoin",
  postbodytoolarge: "split",
  projectnotexist: "probe",
  projectnotexists: "probe",
  readquotaexceed: "slowDown",
  requesttimeexpired: "repairClock",
  requesttimeout: "retry",
  requesttimetooskewed: "repairClock",
  serverbusy: "retry",
  shardnotexist: "finishShard",
  shardreadquotaexceed: "slowDown",
  shardwritequotaexceed: "slowDown",
  signaturenotmatch: "stop",
  writequotaexceed: "slowDown",
};

const BY_STATUS: Readonly<Record<number, Remedy>> = {
  401: "renewCredentials",
  404: "probe",
  408: "retry",
  413: "split",
  429: "slowDown",
};

const BAD_CURSOR = /invalid\s?cursor/i;

/** What to do about an answer that is no success. Pure. Codes are compared without regard to case, as the official consumers do. */
export function remedyOf({ status, code, message }: RefusedCall): Remedy {
  if (BAD_CURSOR.test(code)) return "restartAtOldest";
  if (code.toLowerCase() === "parameterinvalid" && BAD_CURSOR.test(message)) return "restartAtOldest";
  const known = BY_CODE[code.toLowerCase()] ?? BY_STATUS[status];
  return known ?? (status >= 500 ? "retry" : "stop");
}
