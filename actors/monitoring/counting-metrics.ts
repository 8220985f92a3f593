import type { Metrics } from "../../runtime/telemetry/metrics.ts";
import type { NodeAccounts } from "./node-accounts.ts";
import type { Standings } from "./standings.ts";

/** What the numbers of the counting on this node are read from. */
interface CountingNumbers {
  readonly standings: Pick<Standings, "unlisted">;
  readonly accounts: Pick<NodeAccounts, "samples">;
  /** On a clock that never jumps. */
  readonly nowMs: () => number;
}

/** Adds what operators have to know of the counting on this node itself, read when somebody looks. */
export function addCountingMetrics(metrics: Metrics, { standings, accounts, nowMs }: CountingNumbers): void {
  metrics.gauge({
    name: "banyan_counting_unlisted_partitions",
    help: "Partitions that are counted on this node and are in no answer, because there is no room for them in the book of partitions.",
    read: () => standings.unlisted(nowMs()),
  });
  metrics.counter({
    name: "banyan_counting_records_total",
    help: "What became of the records that were counted on this node since its process began; those that are lost could not be read.",
    labels: ["source", "fate"],
    read: () => accounts.samples(),
  });
}
