import { readFileSync } from "node:fs";
import type { ClusterSettings } from "../protocols/cluster-settings.ts";
import type { NodeSettings } from "../protocols/settings.ts";
import type { ClusterParts } from "../runtime/cluster/cluster-parts.ts";
import { WIRE } from "../runtime/cluster/wire.ts";
import { Fault, isFault } from "../runtime/fault.ts";
import { RedisNonces } from "../runtime/identity/redis-nonces.ts";
import { FAST_LEASE, SAFE_LEASE } from "../runtime/membership/lease.ts";
import type { LeaseTimes } from "../runtime/membership/lease.ts";
import { RedisMembershipTable } from "../runtime/membership/redis-membership-table.ts";
import type { NodeParts } from "../runtime/node.ts";
import { LoadsAhead } from "../runtime/persistence/loads-ahead.ts";
import { RedisJournal } from "../runtime/persistence/redis-journal.ts";
import type { StoredAhead } from "../runtime/persistence/redis-records.ts";
import { readRedisFacts } from "../runtime/redis/redis-facts.ts";
import { isHopeless } from "../runtime/redis/redis-fault.ts";
import { redisFitness } from "../runtime/redis/redis-fitness.ts";
import { RedisLink } from "../runtime/redis/redis-link.ts";
import type { RedisTls } from "../runtime/redis/redis-profile.ts";
import { missingRights, rightsProblem, UNVERIFIED_RIGHTS } from "../runtime/redis/redis-rights.ts";
import { RedisReminderStore } from "../runtime/reminders/redis-reminder-store.ts";
import { RedisTime } from "../runtime/reminders/redis-time.ts";
import { RedisOwnership } from "../runtime/sharding/redis-ownership.ts";
import { RedisStoreWatch } from "../runtime/sharding/redis-store-watch.ts";
import type { Logger } from "../runtime/telemetry/logger.ts";
import { SystemClock } from "../runtime/time/system-clock.ts";
import { openRedisTransport } from "../runtime/transport/redis-transport.ts";
import { urlHost } from "../runtime/net/url-host.ts";
import { awaitServers } from "./await-servers.ts";
import { Refusal } from "./refusal.ts";

/** What a node of a cluster stores on, and how it belongs to the others. */
export type ClusterStores = Required<Pick<NodeParts, "journal" | "cluster" | "reminders">>;

/** Connects a node to the Redis of its cluster. @throws Refusal when it cannot be reached, or is not what the settings ask for */
export async function openCluster(
  settings: NodeSettings,
  log: Logger,
  onIncarnation: (incarnation: string) => void = () => undefined,
): Promise<ClusterStores> {
  const link = await openClusterLink(settings, log);
  let opened: RedisStoreWatch | undefined;
  try {
    // Each connection finds a server that comes back by itself, and what a start asks meanwhile is refused.
    for (const way of [link.control, link.commands]) await awaitServers(way, new SystemClock(), log);
    await checkFitness(link, settings.cluster, log);
    const watch = (opened = await openWatch(link, settings.cluster, log));
    const ahead: StoredAhead = new LoadsAhead();
    const journal = await RedisJournal.open(link, { isNew: (entity) => watch.confirmUnknown(entity), ahead });
    const time = await RedisTime.open(link.control, new SystemClock());
    const store = new RedisReminderStore(link.commands);
    const cluster = partsOf(settings, { link, log, onIncarnation, store, time, watch, ahead });
    return { journal, cluster, reminders: { ...settings.reminders, store, time: () => time.nowMs() } };
  } catch (error) {
    // Its next look would keep the process that was refused from ending.
    opened?.close();
    await link.close();
    throw refusalOf(error);
  }
}

/** Connects to the Redis that the settings name. @throws Refusal */
export async function openClusterLink({ name, cluster }: NodeSettings, log: Logger): Promise<RedisLink> {
  const { redis: url } = cluster;
  if (url === undefined) throw new Refusal("settings", "cluster.redis is not set: this node stands alone");
  const tls = readTls(cluster.tls);
  try {
    return await RedisLink.open({ url, tls, name, clock: new SystemClock(), log });
  } catch (error) {
    throw refusalOf(error);
  }
}

interface PartsFrom {
  readonly link: RedisLink;
  readonly log: Logger;
  readonly onIncarnation: (incarnation: string) => void;
  readonly store: RedisReminderStore;
  readonly time: RedisTime;
  readonly watch: RedisStoreWatch;
  readonly ahead: StoredAhead;
}

function partsOf(
  { name, cluster, ops }: NodeSettings,
  { link, log, onIncarnation, store, time, watch, ahead }: PartsFrom,
): ClusterParts {
  const lease = leaseOf(cluster);
  return {
    facts: {
      node: name,
      // One that takes any free port does not know it yet.
      address: ops.port === 0 ? "" : `${urlHost(ops.host)}:${ops.port}`,
      roles: cluster.roles,
      capacity: cluster.capacity,
      protocol: WIRE,
    },
    lease,
    table: new RedisMembershipTable(link.control, { lease }),
    ownership: new RedisOwnership(link.control, ahead),
    shardOf: (entity) => watch.shardOf(entity),
    watch,
    transport: (incarnation) => openRedisTransport({ link, incarnation, clock: new SystemClock(), log }),
    onIncarnation,
    reminders: store,
    nonces: new RedisNonces(link.commands),
    async close() {
      watch.close();
      time.close();
      await link.close();
    },
  };
}

function leaseOf({ profile }: ClusterSettings): LeaseTimes {
  return profile === "fast" ? FAST_LEASE : SAFE_LEASE;
}

async function openWatch(link: RedisLink, cluster: ClusterSettings, log: Logger): Promise<RedisStoreWatch> {
  const lease = leaseOf(cluster);
  const table = new RedisMembershipTable(link.control, { lease });
  return RedisStoreWatch.open({
    redis: link.control,
    name: cluster.name,
    allowsColdStart: cluster.allowColdStart,
    lookEveryMs: lease.renewEveryMs,
    isAnybodyAlive: async () => [...(await table.leases()).values()].some((leftMs) => leftMs > 0),
    clock: new SystemClock(),
    log,
  });
}

/** Whether a Redis may be stored on: what it keeps, what it evicts, what its user may do; the log says what should be changed all the same. @throws Refusal when it cannot be used; Fault of the store */
export async function checkFitness(
  link: RedisLink,
  { durability }: Pick<ClusterSettings, "durability">,
  log: Logger,
): Promise<void> {
  const all = (await readRedisFacts(link.control)).map((facts) => redisFitness(facts, durability));
  const missing = await missingRights(link.control);
  const problems = new Set([...all.flatMap((fitness) => fitness.problems), ...rightsProblem(missing ?? [])]);
  if (problems.size > 0) {
    const lines = Array.from(problems, (problem) => `  ${problem}`);
    throw new Refusal("settings", ["the Redis of cluster.redis cannot be used:", ...lines].join("\n"));
  }
  const unverified = missing === undefined ? [UNVERIFIED_RIGHTS] : [];
  for (const why of new Set([...all.flatMap((fitness) => fitness.warnings), ...unverified])) {
    log.warn("cluster.storeWarning", { why });
  }
}

/** What the store has answered, in words for an operator; never the URL, which may hold a password. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const isAway = isFault(error, "redisUnavailable") || isFault(error, "redisUnanswered");
  const { why: cause, text: reply, problems } = error.details;
  const why = [cause, reply, problems].find((words) => typeof words === "string") ?? error.message;
  const text = `the Redis of cluster.redis${isAway ? " cannot be reached" : ""}: ${why}`;
  const remedy = remedyOf(String(why));
  if (remedy !== undefined) return new Refusal("settings", `${text}; ${remedy}`, { cause: error });
  return new Refusal(isAway ? "unavailable" : "settings", text, { cause: error });
}

function remedyOf(why: string): string | undefined {
  if (/\b(WRONGPASS|NOAUTH|NOPERM)\b/.test(why)) {
    return "correct user name and password in cluster.redis, or what the user may do";
  }
  if (!isHopeless(why)) return undefined;
  return "correct cluster.tls: caFile is what its certificate is checked with, serverName is the name in it, certFile and keyFile are what it asks of this node";
}

/** @throws Refusal when a file cannot be read */
function readTls(tls: ClusterSettings["tls"]): RedisTls {
  const { caFile, certFile, keyFile, serverName } = tls;
  return {
    ...(caFile === undefined ? {} : { ca: readPem("caFile", caFile) }),
    ...(certFile === undefined ? {} : { cert: readPem("certFile", certFile) }),
    ...(keyFile === undefined ? {} : { key: readPem("keyFile", keyFile) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function readPem(setting: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = (error as Error).message;
    throw new Refusal("settings", `cluster.tls.${setting} cannot be read: ${why}`, { cause: error });
  }
}
