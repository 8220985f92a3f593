import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { totalsByType } from "../../runtime/kernel/tree-totals.ts";
import type { TypeTotals } from "../../runtime/kernel/tree-totals.ts";
import type { Metrics, Sample } from "../../runtime/telemetry/metrics.ts";

const MS_PER_SECOND = 1_000;

/** Where the actors' numbers are read. */
export type SystemSource = Pick<
  ActorSystem,
  "root" | "deadLetters" | "staleTurns" | "stalls" | "quarantine" | "zombies" | "mailAging"
>;

/** Adds the numbers of the actor system, read when somebody looks. */
export function addSystemMetrics(metrics: Metrics, system: SystemSource): void {
  metrics.gauge({
    name: "banyan_actors",
    help: "Actors in the tree, by type.",
    labels: ["type"],
    read: () => byType(system, ({ actors }) => actors),
  });
  metrics.gauge({
    name: "banyan_mailbox_messages",
    help: "Messages that wait in mailboxes, by the type of their actor.",
    labels: ["type"],
    read: () => byType(system, ({ waiting }) => waiting),
  });
  metrics.gauge({
    name: "banyan_mailbox_oldest_age_seconds",
    help: "How long the oldest waiting message has waited, by the type of its actor.",
    labels: ["type"],
    read: () => byType(system, ({ oldestAgeMs }) => oldestAgeMs / MS_PER_SECOND),
  });
  metrics.counter({
    name: "banyan_dead_letters_total",
    help: "Messages that could not be delivered or handled, by reason.",
    labels: ["reason"],
    read: () => [...system.deadLetters.counts].map(([reason, value]) => ({ value, labels: { reason } })),
  });
  metrics.counter({
    name: "banyan_stale_turns_total",
    help: "Effects of turns whose actor had been restarted or stopped meanwhile; each was refused.",
    read: () => system.staleTurns.count,
  });
  addStallMetrics(metrics, system);
}

function addStallMetrics(metrics: Metrics, source: SystemSource): void {
  const { stalls, quarantine, zombies, mailAging } = source;
  metrics.counter({
    name: "banyan_stalls_total",
    help: "How often an actor fell silent: its turn made no progress, or it missed its heartbeat.",
    read: () => stalls.total,
  });
  metrics.counter({
    name: "banyan_strikes_total",
    help: "Strikes of messages on which an actor has stalled; the third one puts a message into quarantine.",
    read: () => stalls.strikes,
  });
  metrics.gauge({
    name: "banyan_mailbox_aging",
    help: "1 while the oldest message of a type of actor has waited for longer than it may.",
    labels: ["type"],
    read: () => mailAging.now().map(({ type }) => ({ value: 1, labels: { type } })),
  });
  metrics.gauge({
    name: "banyan_quarantined_messages",
    help: "Messages put aside because they stalled their actor again and again.",
    read: () => quarantine.size,
  });
  metrics.gauge({
    name: "banyan_zombie_turns",
    help: "Turns that were given up and have not ended, by the type of their actor.",
    labels: ["type"],
    read: () => zombies.byType().map(({ type, count }) => ({ value: count, labels: { type } })),
  });
}

function byType({ root }: SystemSource, valueOf: (totals: TypeTotals) => number): Sample[] {
  return [...totalsByType(root)].map(([type, totals]) => ({ value: valueOf(totals), labels: { type } }));
}
