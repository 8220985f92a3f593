import type { Command } from "commander";
import { drawStats } from "../drawings/stats-drawing.ts";
import type { Stats } from "../drawings/stats-drawing.ts";
import { Refusal } from "../refusal.ts";
import { terminalPaint, terminalWidth } from "../terminal.ts";
import { nodeOf, opsCommand, show } from "./ops-command.ts";
import type { OpsOptions } from "./ops-command.ts";

/** Quantiles that are asked for unless others are named; metrics that are no latency have none. */
const QUANTILES = "0.5,0.9,0.99";
/** The step below which none are kept, in seconds. */
const QUANTILE_STEP = 180;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const EXAMPLES = `
Examples:
  banyan stats requests --by status            the last hour in blocks of three minutes, by status
  banyan stats latency --where route:/v1/push  p50, p90 and p99 of one route
  banyan stats requests --from 2d --step 1d    today and the two days before
  banyan stats urls --top 50                   the addresses that were asked for most
  banyan stats requests --json                 the same as GET /v1/stats`;

interface StatsOptions extends OpsOptions {
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
  readonly tz?: string;
  readonly where?: string;
  readonly by?: string;
  readonly top?: string;
  readonly q?: string;
}

/** `banyan stats`: what was counted of a metric, in time blocks. */
export function statsCommand(): Command {
  return opsCommand("stats", "show what was counted of a metric, in time blocks")
    .description(
      "Shows what was counted of a metric, a line for each time block: what may still grow is marked, and below stands how complete it is.",
    )
    .argument("<metric>", "which metric: requests, latency, bytes, clients, urls, or one of the settings")
    .option("--by <dimensions>", "split by these dimensions, divided by commas")
    .option("--where <conditions>", "only these values: dimension:value, several divided by commas")
    .option(
      "--from <time>",
      "the beginning: 30m, 2h or 7d ago, or a time such as 2026-11-22T08:00:00Z (default: 1h)",
    )
    .option("--to <time>", "the end, in the same way (default: now)")
    .option("--step <step>", "how wide a block is: 30, 180 or 900 seconds, or 1d (default: 180)")
    .option("--tz <zone>", "the time zone of times, days and the daily index (default: that of this machine)")
    .option("--top <number>", "how many series, or how many of the most frequent values (default: 20)")
    .option("--q <shares>", `quantiles of a latency, divided by commas (default: ${QUANTILES})`)
    .addHelpText("after", EXAMPLES)
    .action(async (metric: string, options: StatsOptions) => {
      const query = queryOf(metric, options, Date.now());
      const client = await nodeOf(options);
      const stats = (await client.get("/v1/stats", query)) as Stats;
      show(options, stats, (answer) => drawStats(answer, terminalPaint, terminalWidth()));
    });
}

function queryOf(metric: string, options: StatsOptions, nowMs: number): Record<string, string | undefined> {
  const { from, to, step, where, by, top, q } = options;
  const hasQuantiles = step === undefined || step === "1d" || Number(step) >= QUANTILE_STEP;
  return {
    metric,
    from: from === undefined ? undefined : timeOf("--from", from, nowMs),
    to: to === undefined ? undefined : timeOf("--to", to, nowMs),
    step,
    tz: options.tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    where,
    by,
    top,
    q: q ?? (hasQuantiles ? QUANTILES : undefined),
  };
}

/** So long ago, or a time as the node reads it; one without a zone is that of this machine, as everywhere on a terminal. */
function timeOf(flag: string, text: string, nowMs: number): string {
  const [, count, unit = "s"] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return String(nowMs - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]);
  const atMs = /^\d{11,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (atMs >= 0) return String(atMs);
  throw new Refusal("usage", `${flag} ${text}: 30m, 2h or 7d ago, or a time such as 2026-11-22T08:00:00Z`);
}
