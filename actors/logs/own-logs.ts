import type { Clock } from "../../runtime/time/clock.ts";
import type { NodeLogs, OwnLogs } from "./cluster-logs.ts";
import type { PullerAccount, PullerLedger } from "./puller/puller-account.ts";
import type { SourceAccount } from "./source-account.ts";

type Shown = NodeLogs["pullers"][number];
type ShownSource = NodeLogs["sources"][number];

/** What this node says of the logs that it reads. */
export function ownLogs(ledger: PullerLedger, clock: Pick<Clock, "nowMs">): OwnLogs {
  return {
    sources: ledger.sources().map(shownSource),
    pullers: ledger
      .all()
      .toSorted((one, other) => one.key.localeCompare(other.key, "en", { numeric: true }))
      .map((account) => shown(account, clock.nowMs())),
  };
}

function shownSource({ source, partitions, trouble, group }: SourceAccount): ShownSource {
  return {
    source,
    ...(partitions === undefined ? {} : { partitions }),
    ...(group === undefined ? {} : { group: { ...group, held: [...group.held] } }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function shown(account: PullerAccount, nowMs: number): Shown {
  const { cursor, trouble, lagMs, provedAtMs: _, ...rest } = account;
  return {
    ...rest,
    ...(cursor === undefined ? {} : { cursor }),
    ...(trouble === undefined ? {} : { trouble }),
    lagMs: Math.round(lagMs),
    ratePerSecond: Math.round(account.ratePerSecond(nowMs) * 10) / 10,
  };
}
