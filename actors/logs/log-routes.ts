import { LogsFields } from "../../protocols/ops-logs.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { BodyOf, Route } from "../../runtime/net/route.ts";
import type { Clock } from "../../runtime/time/clock.ts";
import type { PullerAccount, PullerLedger } from "./puller/puller-account.ts";

/** Where the pullers of a node are looked up. */
export interface LogLook {
  readonly node: string;
  readonly ledger: PullerLedger;
  readonly clock: Pick<Clock, "nowMs">;
}

type Shown = BodyOf<typeof LogsFields>["pullers"][number];

/** Where operators see how far logs are read. */
export function logRoutes({ node, ledger, clock }: LogLook): Route[] {
  return [
    route("/v1/logs", {
      onRequest: {
        GET: operation({
          summary:
            "The pullers of this node: which partition each reads, up to where, how far behind, and what went wrong",
          answers: { 200: LogsFields },
          handle: () => {
            const pullers = ledger.all().map((account) => shown(account, clock.nowMs()));
            return { status: 200, body: { node, pullers } };
          },
        }),
      },
    }),
  ];
}

function shown(account: PullerAccount, nowMs: number): Shown {
  const { cursor, trouble, lagMs, ...rest } = account;
  return {
    ...rest,
    ...(cursor === undefined ? {} : { cursor }),
    ...(trouble === undefined ? {} : { trouble }),
    lagMs: Math.round(lagMs),
    ratePerSecond: Math.round(account.ratePerSecond(nowMs) * 10) / 10,
  };
}
