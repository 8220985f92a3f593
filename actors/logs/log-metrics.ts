import type { Metrics } from "../../runtime/telemetry/metrics.ts";
import type { AccessLog } from "./access/access-log.ts";
import type { PullerAccount, PullerLedger } from "./puller/puller-account.ts";

/** What the numbers of this feature are read from. */
interface LogNumbers {
  readonly ledger: PullerLedger;
  /** Undefined where the answers of the gateway are not written down. */
  readonly access: AccessLog | undefined;
}

/** Adds how far the logs of this node are read, and what was lost on the way, read when somebody looks. */
export function addLogMetrics(metrics: Metrics, { ledger, access }: LogNumbers): void {
  const labels = ["source", "partition"];
  const each = (value: (account: PullerAccount) => number) => (): Sample[] =>
    ledger.all().map((account) => ({
      value: value(account),
      labels: { source: account.source, partition: account.partition },
    }));
  metrics.gauge({
    name: "banyan_logs_lag_seconds",
    help: "How far the reader of a partition is behind its log.",
    labels,
    read: each(({ lagMs }) => lagMs / 1_000),
  });
  metrics.counter({
    name: "banyan_logs_records_total",
    help: "Records that were read on this node and counted for good, by partition.",
    labels,
    read: each(({ records }) => records),
  });
  metrics.counter({
    name: "banyan_logs_lost_total",
    help: "Records that were gone before they could be read, as far as it is known how many, by partition.",
    labels,
    read: each(({ lost }) => lost),
  });
  metrics.counter({
    name: "banyan_logs_failures_total",
    help: "Reads that failed, by partition.",
    labels,
    read: each(({ failures }) => failures),
  });
  if (access === undefined) return;
  metrics.counter({
    name: "banyan_access_records_total",
    help: "Answers of the gateway that were written down, and those that could not be.",
    labels: ["outcome"],
    read: () => [
      { value: access.counts.written, labels: { outcome: "written" } },
      { value: access.counts.lost, labels: { outcome: "lost" } },
    ],
  });
}

interface Sample {
  readonly value: number;
  readonly labels: { readonly source: string; readonly partition: string };
}
