import { logPlanOf } from "./log-plan.ts";
import type { PlanKind } from "./log-plan.ts";
import { LogWorld } from "./log-world.ts";
import { runLogSeed } from "./run-log-seed.ts";
import type { LogReport } from "./run-log-seed.ts";

/** Which seeds are run. */
export interface LogChaosOrders {
  readonly seeds: readonly number[];
  /** All unless given. */
  readonly kinds?: readonly PlanKind[];
  /** Runs that are under way at once: much of each is waiting. */
  readonly lanes: number;
  readonly say: (text: string) => void;
}

/** What came of them. */
export interface LogChaosReport {
  readonly passed: number;
  readonly failed: readonly LogReport[];
  readonly summary: string;
}

/** Runs seeds, a few at a time, each lane in a world of its own. */
export async function chaosLogs({ seeds, kinds, lanes, say }: LogChaosOrders): Promise<LogChaosReport> {
  const left = [...seeds];
  const reports: LogReport[] = [];
  const lane = async (): Promise<void> => {
    const world = await LogWorld.start();
    try {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
        const plan = logPlanOf(seed, kinds);
        const names = plan.torments.map(({ name }) => name);
        say(`seed ${seed}: ${plan.kind}${plan.isGrouped ? " in a group" : ""}: ${names.join(", ")}`);
        const report = await runLogSeed(world, plan).catch((error: unknown) => brokenOff(plan, error));
        reports.push(report);
        say(wordsOf(report));
      }
    } finally {
      await world.stop();
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  const failed = reports.filter(({ problems }) => problems.length > 0);
  const summary = summaryOf(reports, performance.now() - startedMs);
  say(summary);
  return { passed: reports.length - failed.length, failed, summary };
}

/** The run itself has failed: that is a finding like any other. */
function brokenOff({ seed, kind, torments }: ReturnType<typeof logPlanOf>, error: unknown): LogReport {
  const nothing = { put: 0, read: 0, lost: 0, looks: 0, kills: 0, restMs: 0, ms: 0 };
  const problems = [`the run was broken off: ${String((error as Error).stack)}`];
  return { ...nothing, seed, kind, torments: torments.map(({ name }) => name), problems };
}

function wordsOf({ seed, problems, put, read, lost, looks, kills, restMs, ms }: LogReport): string {
  const counts = `seed ${seed}: ${put} put, ${read} read, ${lost} units lost, ${looks} looks, ${kills} kills, the rest in ${restMs} ms, ${ms} ms`;
  if (problems.length === 0) return `  ok: ${counts}`;
  return [`  FAILED: ${counts}`, ...problems.slice(0, 20).map((problem) => `    ${problem}`)].join("\n");
}

function summaryOf(reports: readonly LogReport[], ms: number): string {
  const failed = reports.filter(({ problems }) => problems.length > 0).map(({ seed }) => seed);
  const sum = (of: (report: LogReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const often = new Map<string, number>();
  for (const { kind, torments } of reports) {
    for (const name of [kind, ...torments]) often.set(name, (often.get(name) ?? 0) + 1);
  }
  return [
    `${reports.length - failed.length} passed, ${failed.length} failed${failed.length === 0 ? "" : `: ${failed.join(" ")}`}`,
    `${sum(({ put }) => put)} records put, ${sum(({ read }) => read)} read, ${sum(({ lost }) => lost)} units lost, ${sum(({ looks }) => looks)} looks, ${sum(({ kills }) => kills)} kills`,
    `${Math.round(sum((report) => report.ms) / Math.max(1, reports.length))} ms a run, ${Math.round(ms / 1_000)} s in all`,
    [...often].map(([name, count]) => `${name} ${count}`).join(", "),
  ].join("\n");
}
