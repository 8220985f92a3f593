import { duration } from "../../../runtime/pages/kit/duration.ts";
import { Icon } from "../../../runtime/pages/kit/icon.tsx";
import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { clockTime, exact } from "./figures.ts";
import { identityOf } from "./stats.ts";
import type { Partition } from "./stats.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

const PARTS = ["read", "counted", "duplicate", "quarantined", "tooLate", "unparsable", "lost"] as const;

/** How far each partition is counted, and whether everything that was read is accounted for. */
export function PartitionTable({ partitions }: { readonly partitions: readonly Partition[] }) {
  const t = useWords(TRAFFIC_WORDS);
  return (
    <section class="panel card">
      <div class="card-head">
        <h2>{t("partitions")}</h2>
        <p class="muted">{t("holds")}</p>
      </div>
      {partitions.length === 0 ? (
        <p class="muted nothing">{t("noPartition")}</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label={t("partitions")}>
          <table class="partitions">
            <thead>
              <tr>
                <th scope="col">{t("partition")}</th>
                <th scope="col">{t("state")}</th>
                <th scope="col" class="number">
                  {t("lag")}
                </th>
                <th scope="col" class="number">
                  {t("watermark")}
                </th>
                {PARTS.map((part) => (
                  <th key={part} scope="col" class="number">
                    {t(part)}
                  </th>
                ))}
                <th scope="col">{t("sum")}</th>
              </tr>
            </thead>
            <tbody>
              {partitions.map((partition) => (
                <PartitionRow key={partition.partition} partition={partition} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const TONES: Readonly<Record<string, string>> = { lagging: "busy", stalled: "bad" };
/** What may be above zero only when something is wrong. */
const TROUBLES: readonly string[] = ["quarantined", "tooLate", "unparsable", "lost"];

function PartitionRow({ partition }: { readonly partition: Partition }) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const { state, lagMs, watermarkMs, cursor } = partition;
  const { read, sum, holds } = identityOf(partition);
  const told = holds ? t("holds") : t("broken", exact(read, tag), exact(sum, tag));
  return (
    <tr>
      <th scope="row" title={cursor}>
        {partition.partition}
      </th>
      <td class={TONES[state] ?? ""}>{t("stateOf", state)}</td>
      <td class="number">{lagMs === undefined ? "–" : duration(lagMs, tag)}</td>
      <td class="number">{watermarkMs === undefined ? "–" : clockTime(watermarkMs, tag)}</td>
      {PARTS.map((part) => (
        <td key={part} class={`number${TROUBLES.includes(part) && partition[part] > 0 ? " busy" : ""}`}>
          {exact(partition[part], tag)}
        </td>
      ))}
      <td class={holds ? "sum good" : "sum bad"} title={told}>
        <Icon name={holds ? "check" : "warning"} />
        <span class="unseen">{told}</span>
      </td>
    </tr>
  );
}
