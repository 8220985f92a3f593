import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { pointTime } from "./figures.ts";
import type { Point } from "./stats.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

/** More rows than that are no table for people. */
const ROWS_MAX = 200;

/** What one line or colour of a chart shows. */
export interface ChartKey {
  /** The end of its class, which colours it. */
  readonly id: string;
  readonly name: string;
}

interface ChartPanelProps<P extends Point> {
  readonly title: string;
  readonly points: readonly P[];
  readonly keys: readonly ChartKey[];
  readonly text: (point: P, key: ChartKey) => string;
  /** The point whose values stand beside the keys. */
  readonly shown: P | undefined;
  readonly isEmpty: boolean;
  readonly children: ComponentChildren;
}

/** A chart with its keys, the values of one point, and the same as a table. */
export function ChartPanel<P extends Point>(props: ChartPanelProps<P>) {
  const { title, keys, text, shown, isEmpty, children } = props;
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const hasOpen = !isEmpty && props.points.some(({ isOpen }) => isOpen);
  return (
    <section class="panel card">
      <div class="card-head">
        <h2>{title}</h2>
        {shown !== undefined && !isEmpty && (
          <p class={`muted${shown.isOpen ? " open-cell" : ""}`}>{pointTime(shown.fromMs, tag)}</p>
        )}
      </div>
      <ul class="keys">
        {keys.map((key) => (
          <li key={key.id}>
            <span class={`swatch series-${key.id}`} aria-hidden="true" />
            {key.name}
            {shown !== undefined && !isEmpty && <b>{text(shown, key)}</b>}
          </li>
        ))}
        {hasOpen && <li class="muted keys-note">{t("provisional")}</li>}
      </ul>
      {isEmpty ? <p class="muted nothing">{t("nothing")}</p> : children}
      {!isEmpty && <PointTable {...props} />}
    </section>
  );
}

function PointTable<P extends Point>({ title, points, keys, text }: ChartPanelProps<P>) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  const isOpen = useSignal(false);
  const rows = points.slice(-ROWS_MAX).toReversed();
  return (
    <details class="as-table" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>{t("table")}</summary>
      {isOpen.value && (
        <div class="scroll" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("time")}</th>
                {keys.map((key) => (
                  <th key={key.id} scope="col" class="number">
                    {key.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((point) => (
                <tr key={point.fromMs} class={point.isOpen ? "row-open" : ""}>
                  <th scope="row">{pointTime(point.fromMs, tag)}</th>
                  {keys.map((key) => (
                    <td key={key.id} class="number">
                      {text(point, key)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {points.length > ROWS_MAX && <p class="muted">{t("tableRest", ROWS_MAX)}</p>}
        </div>
      )}
    </details>
  );
}
