import { PROTOCOLS } from "../protocols/registry.ts";
import { ClusterNode } from "./cluster/cluster-node.ts";
import type { ClusterParts } from "./cluster/cluster-parts.ts";
import { ClusterTopics } from "./cluster/cluster-topics.ts";
import type { Distance, Reach, RegionParts } from "./cluster/region.ts";
import type { ActorSystem } from "./kernel/actor-system.ts";
import { ReminderBuckets } from "./reminders/reminder-buckets.ts";
import { Remote } from "./remote/remote.ts";
import type { EntityHost } from "./sharding/entity-host.ts";
import { EntityRegion } from "./sharding/entity-region.ts";
import { WakingRegion } from "./sharding/waking-region.ts";
import type { Logger } from "./telemetry/logger.ts";

/** What the cluster of a node is wired to. */
export interface NodeClusterParts {
  readonly cluster: ClusterParts | undefined;
  readonly system: ActorSystem;
  readonly entities: EntityHost;
  readonly log: Logger;
  readonly onDrainAsked: () => void;
}

/** The place of a node in its cluster; undefined where it stands alone. */
export function clusterOf(parts: NodeClusterParts): ClusterNode | undefined {
  const { cluster, system, entities, log, onDrainAsked } = parts;
  if (cluster === undefined) return undefined;
  const topics = new ClusterTopics(system);
  const begin = (life: RegionParts): Reach => {
    const { member, claims, transport } = life;
    const remote = new Remote({ system, transport, protocols: PROTOCOLS });
    topics.begin(remote.topics);
    const distance: Distance = {
      reference: (incarnation, path, protocol) => remote.reference(incarnation, path, protocol),
      close() {
        topics.end(remote.topics);
        remote.close();
      },
    };
    const { ownership } = cluster;
    const region = new EntityRegion({ system, entities, remote, claims, ownership, member });
    const { reminders: store } = cluster;
    if (store === undefined) return { region, distance };
    const { reminders } = entities;
    const buckets = new ReminderBuckets({
      store,
      member,
      clock: system.clock,
      nowMs: () => reminders.nowMs(),
      onOwned: () => reminders.look(),
    });
    return { region: new WakingRegion(region, buckets), distance };
  };
  return new ClusterNode({ cluster, clock: system.clock, log, topics, begin, onDrainAsked });
}
