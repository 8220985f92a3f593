import { Puller } from "../puller/puller.ts";
import type { ConsumerContext } from "./consumer.ts";
import type { ConsumerState } from "./consumer-state.ts";

/** Begins to read partitions that the group has given to this node. */
export function startPullers(
  state: ConsumerState,
  partitions: readonly string[],
  context: ConsumerContext,
): void {
  const { host, source, held, membership } = state;
  // A process that stood still may have lost what it holds without having heard of it.
  const mayCount = (): boolean => !membership.hasLapsed(host.clock.nowMs());
  for (const partition of partitions) {
    const account = host.ledger.of(source.name, partition);
    account.provedAtMs = context.nowMs();
    // What the last puller has said of its end means nothing to the next one.
    account.state = "lagging";
    held.set(partition, { account, committed: undefined, isToldOver: false, endedMs: undefined });
    const puller = context.spawn(Puller, partition, { host, source, partition, mayCount });
    context.watch(puller, { kind: "ended", partition });
  }
}

/** Ends pullers: what they are reading is given up, and what they are having counted is waited for. */
export function stopPullers(partitions: readonly string[], context: ConsumerContext): void {
  const children = context.children();
  for (const partition of partitions) {
    const puller = children.get(partition);
    if (puller !== undefined) context.stopChild(puller);
  }
}

/** A puller has ended: its partition is to be given back, or the lease was lost and there is nothing to give. */
export function endPuller(state: ConsumerState, partition: string, nowMs: number): void {
  const { membership, held } = state;
  membership.ended(partition);
  const known = held.get(partition);
  if (known === undefined) return;
  if (membership.hold(partition) === "commits") known.endedMs = nowMs;
  else drop(state, partition);
}

/** This node has nothing to do with a partition any more. */
export function drop({ membership, held, group }: ConsumerState, partition: string): void {
  membership.released(partition);
  held.delete(partition);
  group.forget(partition);
}

/** The lease is over: nothing more is read, and nothing is said of what was held. */
export function lose(state: ConsumerState, why: string, context: ConsumerContext): void {
  const { membership, source, group, held } = state;
  const { name: groupName } = group;
  context.log.warn("logs.groupLost", { source: source.name, group: groupName, why });
  stopPullers(membership.lose(), context);
  for (const partition of held.keys()) if (membership.hold(partition) === undefined) drop(state, partition);
  showStanding(state);
}

/** Tells operators where this node stands in the group. */
export function showStanding({ account, group, membership }: ConsumerState): void {
  const { name, consumer } = group;
  account.group = { name, consumer, isMember: membership.isMember, held: membership.held };
}
