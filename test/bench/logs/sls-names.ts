/** The key, the project and the logstore that benchmarks pull with. */
export const BENCH_KEY = { id: "bench-key", secret: "bench-secret" };
export const BENCH_PROJECT = "bench";
export const BENCH_LOGSTORE = "nginx";
/** What the source of a node is called that reads it. */
export const BENCH_SOURCE = "shop";

/** What a logstore holds before anybody reads it. */
export interface Backlog {
  readonly shards: number;
  /** In each shard. */
  readonly groups: number;
  readonly logsInGroup: number;
  /** Over how long the logs are spread, in milliseconds; all of one second unless given. */
  readonly spreadMs?: number;
}

/** A source of the settings that reads the logstore of a server. */
export function benchSource(endpoint: string) {
  const { id: keyId, secret: keySecret } = BENCH_KEY;
  const place = { endpoint, project: BENCH_PROJECT, logstore: BENCH_LOGSTORE };
  return { name: BENCH_SOURCE, kind: "sls", ...place, keyId, keySecret } as const;
}
