import type { ComponentChildren } from "preact";
import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { clockTime, figure, latency, pointTime, share } from "./figures.ts";
import { latenciesOf } from "./lines.ts";
import { endOf, nowOf } from "./pulse.ts";
import { totalOf } from "./stats.ts";
import type { Traffic, TrafficWatch } from "./traffic-watch.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

const NONE = "–";
/** A longer point is a day, which is told by its date. */
const LONG_POINT_MS = 3_600_000;

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly tone?: "bad" | undefined;
  readonly children: ComponentChildren;
}

/** One number that matters, with what has to be known of it. */
function Tile({ name, value, tone, children }: TileProps) {
  return (
    <div class="tile panel">
      <h2>{name}</h2>
      <p class={`tile-value${tone === undefined ? "" : ` ${tone}`}`}>{value}</p>
      <div class="tile-more">{children}</div>
    </div>
  );
}

interface TilesProps {
  readonly watch: TrafficWatch;
  readonly traffic: Traffic;
}

/** The numbers that matter: what goes on now, and what the range comes to. */
export function Tiles({ watch, traffic }: TilesProps) {
  return (
    <div class="tiles">
      <RateTile watch={watch} />
      <ErrorTile traffic={traffic} />
      <LatencyTile traffic={traffic} />
      <ClientsTile traffic={traffic} />
      <CompletenessTile traffic={traffic} />
    </div>
  );
}

function RateTile({ watch }: Pick<TilesProps, "watch">) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const pulse = watch.pulse.value;
  const now = pulse === undefined ? undefined : nowOf(pulse);
  const { final, perSecond, open = [] } = now ?? {};
  const growing = open.reduce((sum, { count }) => sum + count, 0);
  const [firstOpen] = open;
  return (
    <Tile name={t("perSecond")} value={perSecond === undefined ? NONE : figure(perSecond, tag)}>
      <p>
        {final === undefined
          ? t("noFinal")
          : t("finalCell", clockTime(final.atMs, tag), clockTime(endOf(final), tag))}
      </p>
      {firstOpen !== undefined && (
        <p class="open-cell">{t("openCell", figure(growing, tag), clockTime(firstOpen.atMs, tag))}</p>
      )}
    </Tile>
  );
}

function ErrorTile({ traffic: { requests } }: Pick<TilesProps, "traffic">) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const all = totalOf(requests);
  const errors = totalOf(requests, ({ values }) => values["status"] === "5xx");
  return (
    <Tile
      name={t("errors")}
      value={all === 0 ? NONE : share(errors / all, tag)}
      tone={errors > 0 ? "bad" : undefined}
    >
      <p>{t("ofAll", figure(errors, tag), figure(all, tag))}</p>
    </Tile>
  );
}

function LatencyTile({ traffic }: Pick<TilesProps, "traffic">) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const latest = latenciesOf(traffic.latency).findLast(({ seconds }) => seconds["0.99"] !== undefined);
  const text = (quantile: "0.5" | "0.9" | "0.99"): string => {
    const seconds = latest?.seconds[quantile];
    return seconds === undefined ? NONE : latency(seconds, tag);
  };
  return (
    <Tile name={t("slow")} value={text("0.99")}>
      <p>{t("faster", text("0.5"), text("0.9"))}</p>
      {latest !== undefined && (
        <p class={latest.isOpen ? "open-cell" : ""}>
          {latest.toMs - latest.fromMs > LONG_POINT_MS
            ? pointTime(latest.fromMs, tag)
            : `${clockTime(latest.fromMs, tag)} – ${clockTime(latest.toMs, tag)}`}
        </p>
      )}
    </Tile>
  );
}

function ClientsTile({ traffic: { clients } }: Pick<TilesProps, "traffic">) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  return (
    <Tile name={t("clients")} value={figure(clients.series[0]?.uniqueTotal ?? 0, tag)}>
      <p>{t("addresses", share(clients.error.unique ?? 0, tag))}</p>
    </Tile>
  );
}

function CompletenessTile({ traffic: { requests } }: Pick<TilesProps, "traffic">) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const { completeness, watermark, rev, laggards } = requests;
  return (
    <Tile
      name={t("completeness")}
      value={share(completeness, tag)}
      tone={laggards.length > 0 ? "bad" : undefined}
    >
      <p>{watermark === null ? t("notCounted") : t("upTo", clockTime(watermark, tag))}</p>
      {rev > 0 && <p>{t("revisions", figure(rev, tag))}</p>}
      {laggards.map(({ partition, state }) => (
        <p key={partition} class="bad ellipsis" title={partition}>
          {t("stateOf", state)}: {partition}
        </p>
      ))}
    </Tile>
  );
}
