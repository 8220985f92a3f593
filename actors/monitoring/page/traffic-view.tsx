import { OperatorFrame } from "../../../runtime/pages/kit/operator-frame.tsx";
import type { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { AlertList } from "./alert-list.tsx";
import type { AlertsWatch } from "./alerts-watch.ts";
import { figure } from "./figures.ts";
import { LatencyChart } from "./latency-chart.tsx";
import { PartitionTable } from "./partition-table.tsx";
import { RangeBar } from "./range-bar.tsx";
import { totalOf } from "./stats.ts";
import { StatusChart } from "./status-chart.tsx";
import { Tiles } from "./tiles.tsx";
import { TopRoutes, TopUrls } from "./top-tables.tsx";
import { TroubleList } from "./trouble-list.tsx";
import type { Traffic, TrafficWatch } from "./traffic-watch.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

interface TrafficViewProps {
  readonly token: OperatorToken;
  readonly watch: TrafficWatch;
  readonly alerts: AlertsWatch;
}

/** The whole page: what was counted and how complete that is, once there is a token. */
export function TrafficView({ token, watch, alerts }: TrafficViewProps) {
  const t = useWords(TRAFFIC_WORDS);
  const answer = watch.answer.value;
  const traffic = watch.traffic.value;
  return (
    <OperatorFrame title={t("title")} page="traffic" token={token} open={t("open")} look={answer?.kind}>
      <RangeBar watch={watch} />
      {answer?.kind === "refused" && (
        <p class="error note" role="alert">
          {answer.why}
        </p>
      )}
      {traffic === undefined ? (
        <p class="muted nothing">{t("looking")}</p>
      ) : (
        <Seen watch={watch} alerts={alerts} traffic={traffic} isOld={answer?.kind !== "seen"} />
      )}
    </OperatorFrame>
  );
}

interface SeenProps {
  readonly watch: TrafficWatch;
  readonly alerts: AlertsWatch;
  readonly traffic: Traffic;
  /** It is what was seen before the node fell silent. */
  readonly isOld: boolean;
}

function Seen({ watch, alerts, traffic, isOld }: SeenProps) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const { requests, routes } = traffic;
  const folded = Math.max(requests.folded, routes.folded);
  return (
    <div class={`traffic${isOld ? " traffic-old" : ""}`}>
      <AlertList watch={alerts} />
      <Tiles watch={watch} traffic={traffic} />
      {folded > 0 && <p class="note busy">{t("folded", figure(folded, tag))}</p>}
      <div class="charts">
        <StatusChart watch={watch} stats={requests} band={alerts.band.value} />
        <LatencyChart watch={watch} stats={traffic.latency} />
        <TopUrls stats={traffic.urls} />
        <TopRoutes stats={routes} total={totalOf(traffic.all)} />
      </div>
      <TroubleList readers={traffic.readers} />
      <PartitionTable partitions={traffic.partitions} />
    </div>
  );
}
