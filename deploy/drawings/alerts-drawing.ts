import type { ALERT_HISTORY_FIELDS, ALERTS_FIELDS } from "../../protocols/alerts.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { duration, oneLine, timeOf } from "./units.ts";

type Alerts = BodyOf<typeof ALERTS_FIELDS>;
type Alert = Alerts["alerts"][number];

const HEADINGS = ["rule", "state", "since", "value", "expected", "severity", "judged up to", "note"];
const DIGITS = 4;

/** Draws how alert rules stand, with what is wrong below. Pure. */
export function drawAlerts({ alerts }: Alerts, nowMs: number, paint: Paint): string {
  if (alerts.length === 0) return "The settings have no alert rules.";
  const rows = alerts.map((alert) => rowOf(alert, nowMs));
  const table = drawTable({ headings: HEADINGS, numbers: ["value"], rows }, paint);
  const wrong = alerts.flatMap(({ summary, runbook }) =>
    summary === undefined
      ? []
      : [oneLine(summary, 400), ...(runbook === undefined ? [] : [`  ${oneLine(runbook)}`])],
  );
  return wrong.length === 0 ? table : `${table}\n\n${wrong.join("\n")}`;
}

/** Draws what has become of an alert, the latest last. Pure. */
export function drawAlertHistory({ rule, changes }: BodyOf<typeof ALERT_HISTORY_FIELDS>): string {
  if (changes.length === 0) return `Nothing has become of ${rule} yet.`;
  return changes
    .map(({ atMs, became, value, by }) => {
      const more = [
        value === undefined ? "" : `at ${short(value)}`,
        by === undefined ? "" : `by ${oneLine(by)}`,
      ];
      return [timeOf(atMs), became, ...more].filter((word) => word !== "").join("  ");
    })
    .join("\n");
}

function rowOf(alert: Alert, nowMs: number): Row {
  const { rule, state, sinceMs, value, low, high, severity, judgedUpToMs } = alert;
  const cells = [
    rule,
    state,
    sinceMs === undefined ? "" : duration(Math.max(0, nowMs - sinceMs)),
    value === undefined ? "" : short(value),
    low === undefined || high === undefined ? "" : `${short(low)} to ${short(high)}`,
    severity,
    judgedUpToMs === undefined ? "" : timeOf(judgedUpToMs),
    noteOf(alert, nowMs),
  ];
  return { cells, style: STYLES[state] };
}

const STYLES = {
  inactive: "plain",
  resolved: "plain",
  pending: "plain",
  noData: "warn",
  noAnswer: "alarm",
  recovering: "warn",
  firing: "alarm",
} as const;

function noteOf({ acknowledged, silencedUntilMs, inhibitedBy }: Alert, nowMs: number): string {
  return [
    acknowledged === undefined ? "" : `${oneLine(acknowledged.by)} looks after it`,
    silencedUntilMs === undefined || silencedUntilMs <= nowMs
      ? ""
      : `silent until ${timeOf(silencedUntilMs)}`,
    inhibitedBy.length === 0 ? "" : `inhibited by ${inhibitedBy.join(", ")}`,
  ]
    .filter((word) => word !== "")
    .join(", ");
}

function short(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}
