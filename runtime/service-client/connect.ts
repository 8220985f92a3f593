import { CLIENT_ROLE } from "../cluster/client-role.ts";
import { WIRE } from "../cluster/wire.ts";
import { RedisMembershipTable } from "../membership/redis-membership-table.ts";
import { FAST_LEASE, SAFE_LEASE } from "../membership/lease.ts";
import { slotOf } from "../redis/key-slot.ts";
import type { RedisConnection } from "../redis/redis-connection.ts";
import { MEMBER_KEYS } from "../redis/redis-keys.ts";
import { RedisLink } from "../redis/redis-link.ts";
import { RedisOwnership } from "../sharding/redis-ownership.ts";
import { StoreMarks } from "../sharding/store-marks.ts";
import { SILENT } from "../telemetry/silent-log.ts";
import { SystemClock } from "../time/system-clock.ts";
import { openRedisTransport } from "../transport/redis-transport.ts";
import { DELIVERIES_MAX } from "./deliveries.ts";
import { RedisClient } from "./redis-client.ts";
import type { ServiceClient } from "./service-client.ts";

export { defineProtocol } from "../../protocols/protocol.ts";
export { Fault, isFault } from "../fault.ts";
export { isUndone } from "./undone.ts";
export type * from "../../protocols/protocol.ts";
export type { Verdict } from "../actor/actor-ref.ts";
export type { FaultCode } from "../fault.ts";
export type * from "./service-client.ts";
export type { ServiceKind } from "./service-kind.ts";

/** The certificates of an encrypted connection to Redis, as PEM texts. */
export interface ServiceTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** Whom to connect to, and as whom. */
export interface ServiceOptions {
  /** The Redis of the cluster: `redis://`, `rediss://`, `redis+sentinel://` or `redis+cluster://`, as `cluster.redis` of its nodes. */
  readonly redis: string;
  readonly tls?: ServiceTls;
  /** What the nodes and Redis call this service: small letters, digits and hyphens; `service` unless given. Names of questions belong to it. */
  readonly name?: string;
  /** The name of the cluster, as `cluster.name` of its nodes; `banyan` unless given. */
  readonly cluster?: string;
  /** As `cluster.profile` of the nodes; `safe` unless given. */
  readonly profile?: "safe" | "fast";
  /** How many deliveries may wait for their acknowledgement; 10,000 unless given. */
  readonly deliveriesMax?: number;
}

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Connects a service to a cluster over its Redis, and stays connected until `close`: through a restart of Redis, the death of nodes, and moves of entities.
 * @throws Fault `redisUnavailable`, `redisUnfit` (also for the database of another cluster), `redisRefused`, `clusterFull`; RangeError for a name that is none
 */
export async function connect(options: ServiceOptions): Promise<ServiceClient> {
  const {
    redis: url,
    tls = {},
    name = "service",
    cluster: clusterName = "banyan",
    profile = "safe",
    deliveriesMax = DELIVERIES_MAX,
  } = options;
  if (!NAME.test(name)) throw new RangeError(`the name of a service must be like "billing-2", not "${name}"`);
  const [clock, log] = [new SystemClock(), SILENT];
  const link = await RedisLink.open({ url, tls, name, clock, log });
  const lease = profile === "fast" ? FAST_LEASE : SAFE_LEASE;
  const cluster = {
    facts: { node: name, address: "", roles: [CLIENT_ROLE], capacity: 0, protocol: WIRE },
    lease,
    table: new RedisMembershipTable(link.control, { lease }),
    ownership: new RedisOwnership(link.control),
    shardOf: () => "store",
    transport: (incarnation: string) => openRedisTransport({ link, incarnation, clock, log, adopts: false }),
    close: () => link.close(),
  };
  try {
    await refuseForeign(link.control, clusterName);
    return await RedisClient.join({ cluster, clock, log, deliveriesMax });
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** A store that no node has used yet is nobody's. @throws Fault redisUnfit when it is another cluster's; that of the store */
async function refuseForeign(redis: RedisConnection, name: string): Promise<void> {
  const marks = new StoreMarks({ redis, name, acceptsLoss: false });
  await marks.look(marks.keyAt(slotOf(MEMBER_KEYS.nodes)), undefined);
}
