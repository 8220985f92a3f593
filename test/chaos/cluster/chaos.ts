import { planOf } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { runSeed } from "./run-seed.ts";
import type { SeedReport } from "./run-seed.ts";
import { World } from "./world.ts";

/** Then its store has grown so much that a start takes long. */
const SEEDS_OF_A_WORLD = 25;

/** Which seeds are run. */
export interface ChaosOrders {
  readonly seeds: readonly number[];
  /** Rows of the failure matrix; all unless given. */
  readonly rows?: readonly string[];
  /** Leaves the folder of a world in which something was found. */
  readonly keepsFailed?: boolean;
  readonly say: (text: string) => void;
}

/** What came of them. */
export interface ChaosReport {
  readonly passed: number;
  readonly failed: readonly SeedReport[];
}

/** Runs seeds one after the other in one world, and in a new one when something was found or everything was lost. */
export async function chaos({
  seeds,
  rows = [],
  keepsFailed = false,
  say,
}: ChaosOrders): Promise<ChaosReport> {
  const reports: SeedReport[] = [];
  let world: World | undefined;
  let used = 0;
  try {
    for (const seed of seeds) {
      const plan = planOf(seed, rows);
      const names = plan.torments.map(({ name }) => name);
      say(`seed ${seed}: ${names.join(", ")} (${plan.tallies.durability})`);
      world ??= await World.start();
      const report = await runSeed(world, plan).catch((error: unknown) => brokenOff(plan, error));
      reports.push(report);
      say(wordsOf(report));
      if (report.problems.length > 0) say(`the logs are in ${world.folder}`);
      const isUsedUp = report.problems.length > 0 || plan.losesAll || ++used >= SEEDS_OF_A_WORLD;
      if (!isUsedUp) continue;
      await world.stop({ keepsFolder: keepsFailed && report.problems.length > 0 });
      world = undefined;
      used = 0;
    }
  } finally {
    await world?.stop();
  }
  const failed = reports.filter(({ problems }) => problems.length > 0);
  say(summaryOf(reports));
  return { passed: reports.length - failed.length, failed };
}

/** The run itself has failed: that is a finding like any other. */
function brokenOff({ seed, torments }: Plan, error: unknown): SeedReport {
  const nothing = { said: 0, promised: 0, stored: 0, recoveredMs: 0, ms: 0 };
  return {
    ...nothing,
    seed,
    torments: torments.map(({ name }) => name),
    problems: [`the run was broken off: ${String(error)}`],
  };
}

function wordsOf({ problems, said, promised, stored, recoveredMs, ms }: SeedReport): string {
  const counts = `${said} said, ${promised} promised, ${stored} stored, recovered in ${recoveredMs} ms, ${ms} ms in all`;
  return problems.length === 0
    ? `  ok: ${counts}`
    : [`  FAILED: ${counts}`, ...problems.slice(0, 20).map((problem) => `    ${problem}`)].join("\n");
}

function summaryOf(reports: readonly SeedReport[]): string {
  const failed = reports.filter(({ problems }) => problems.length > 0).map(({ seed }) => seed);
  const sum = (of: (report: SeedReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const recovered = reports.map(({ recoveredMs }) => recoveredMs).toSorted((a, b) => a - b);
  const at = (share: number): number => recovered[Math.floor(share * (recovered.length - 1))] ?? 0;
  const often = new Map<string, number>();
  for (const name of reports.flatMap(({ torments }) => torments)) often.set(name, (often.get(name) ?? 0) + 1);
  return [
    `${reports.length - failed.length} passed, ${failed.length} failed${failed.length === 0 ? "" : `: ${failed.join(" ")}`}`,
    `${sum(({ said }) => said)} said, ${sum(({ promised }) => promised)} promised, ${sum(({ stored }) => stored)} stored`,
    `recovered in ${at(0.5)} ms (median), ${at(0.99)} ms (p99), ${at(1)} ms (longest); ${Math.round(sum(({ ms }) => ms) / Math.max(1, reports.length))} ms a seed`,
    [...often].map(([name, count]) => `${name} ${count}`).join(", "),
  ].join("\n");
}
