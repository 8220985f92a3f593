import { usePageSettings, useWords } from "../../../runtime/pages/kit/page-settings.ts";
import { figure, share } from "./figures.ts";
import type { Stats } from "./stats.ts";
import { TRAFFIC_WORDS } from "./traffic-words.ts";

/** The paths that were asked for most often. */
export function TopUrls({ stats }: { readonly stats: Stats }) {
  const t = useWords(TRAFFIC_WORDS);
  const [all] = stats.series;
  return (
    <TopTable title={t("urls")} column={t("url")} rows={all?.top ?? []} total={all?.total ?? 0} more={0} />
  );
}

/** The routes that were asked for most often. */
export function TopRoutes({ stats, total: all }: { readonly stats: Stats; readonly total: number }) {
  const t = useWords(TRAFFIC_WORDS);
  const rows = stats.series.map(({ values, total }) => ({
    value: values["route"] === "" ? t("noRoute") : (values["route"] ?? ""),
    count: total,
    error: 0,
  }));
  return <TopTable title={t("routes")} column={t("route")} rows={rows} total={all} more={stats.more} />;
}

interface Row {
  readonly value: string;
  readonly count: number;
  /** It may be so many less. */
  readonly error: number;
}

interface TopTableProps {
  readonly title: string;
  readonly column: string;
  readonly rows: readonly Row[];
  readonly total: number;
  readonly more: number;
}

function TopTable({ title, column, rows, total, more }: TopTableProps) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  return (
    <section class="panel card">
      <div class="card-head">
        <h2>{title}</h2>
      </div>
      {rows.length === 0 ? (
        <p class="muted nothing">{t("nothing")}</p>
      ) : (
        <table class="top">
          <thead>
            <tr>
              <th scope="col">{column}</th>
              <th scope="col" class="number">
                {t("requests")}
              </th>
              <th scope="col" class="number">
                {t("portion")}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <TopRow key={index} row={row} part={total > 0 ? row.count / total : 0} />
            ))}
          </tbody>
        </table>
      )}
      {more > 0 && <p class="muted">{t("more", figure(more, tag))}</p>}
    </section>
  );
}

function TopRow({ row: { value, count, error }, part }: { readonly row: Row; readonly part: number }) {
  const t = useWords(TRAFFIC_WORDS);
  const tag = usePageSettings().language.value;
  return (
    <tr>
      <th scope="row" title={value}>
        <span class="portion" style={{ "--part": Math.min(1, part) }} aria-hidden="true" />
        <span class="ellipsis">{value}</span>
      </th>
      <td class="number" title={error > 0 ? t("atMostLess", figure(error, tag)) : undefined}>
        {error > 0 && "≤ "}
        {figure(count, tag)}
      </td>
      <td class="number muted">{share(Math.min(1, part), tag)}</td>
    </tr>
  );
}
