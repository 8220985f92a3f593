import type { Metrics } from "../../runtime/telemetry/metrics.ts";
import type { Standings } from "./standings.ts";

/** Adds what operators have to know of the counting itself, read when somebody looks. */
export function addCountingMetrics(metrics: Metrics, standings: Pick<Standings, "unlisted">): void {
  metrics.gauge({
    name: "banyan_counting_unlisted_partitions",
    help: "Partitions that are counted on this node and are in no answer, because there is no room for them in the book of partitions.",
    read: () => standings.unlisted,
  });
}
