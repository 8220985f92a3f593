import { SeededChance } from "../../support/seeded-chance.ts";
import { LOG_TORMENTS } from "./log-torments.ts";

/** What is read, and by whom: a logstore by one node, the same while its shards split and merge in order, a logstore by three nodes on a Redis, a file by one node. */
export const PLAN_KINDS = ["sls", "storm", "cluster", "file"] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

const HOUR_MS = 3_600_000;
const TORMENTS_MAX = 3;
/** How often each kind comes, of a hundred: those on a Redis take three times as long. */
const CHANCES: Readonly<Record<PlanKind, number>> = { sls: 50, storm: 18, file: 22, cluster: 10 };

/** One run in so many has a consumer group: leases end slowly. */
const GROUPED_ONE_IN: Readonly<Partial<Record<PlanKind, number>>> = { sls: 8, cluster: 3 };
const OF_GROUPS = Object.keys(LOG_TORMENTS).filter((name) => LOG_TORMENTS[name]?.isOfGroup);

/** What goes wrong, and how long after the one before it has begun. */
export interface PlannedLogTorment {
  readonly name: string;
  readonly afterMs: number;
}

/** A run as its seed has it. */
export interface LogPlan {
  readonly seed: number;
  readonly kind: PlanKind;
  readonly shards: number;
  readonly inOrder: boolean;
  /** How long the log is written at least, and how often, in milliseconds. */
  readonly loadMs: number;
  readonly everyMs: number;
  /** By how much the clock of the service goes ahead of that of its readers, in milliseconds. */
  readonly skewMs: number;
  readonly torments: readonly PlannedLogTorment[];
  /** Whether a consumer group shares the shards out among the readers, and not they themselves. */
  readonly isGrouped: boolean;
  /** Whether everything is read back after one more kill at the end. */
  readonly isKilledAtEnd: boolean;
}

/** What happens in the run of a seed; one of these kinds, any unless given. Pure. */
export function logPlanOf(seed: number, kinds: readonly PlanKind[] = PLAN_KINDS): LogPlan {
  const chance = new SeededChance(seed);
  const kind = kindOf(chance, kinds);
  const isGrouped = kind in GROUPED_ONE_IN && chance.between(1, GROUPED_ONE_IN[kind] ?? 1) === 1;
  const names = chance.shuffled(
    Object.entries(LOG_TORMENTS)
      .filter(([name, torment]) => torment.in.includes(kind) && name !== "storm" && !torment.isOfGroup)
      .map(([name]) => name),
  );
  const chosen = names.slice(0, chance.between(1, TORMENTS_MAX));
  const certain = certainOf(chance, kind, isGrouped);
  const torments = [...certain, ...(certain.length === 0 ? chosen : chosen.slice(0, 1))].map((name) => ({
    name,
    afterMs: chance.between(10, 250),
  }));
  return {
    seed,
    kind,
    shards: chance.between(1, 3),
    inOrder: kind === "storm",
    loadMs: chance.between(300, 600),
    everyMs: chance.between(4, 16),
    skewMs: kind !== "file" && chance.between(1, 8) === 1 ? -HOUR_MS : 0,
    torments,
    isGrouped,
    isKilledAtEnd: kind !== "cluster" && chance.between(1, 4) === 1,
  };
}

/** What a run is there for, if it is for something. */
function certainOf(chance: SeededChance, kind: PlanKind, isGrouped: boolean): readonly string[] {
  if (isGrouped) return chance.shuffled(OF_GROUPS).slice(0, 1);
  return kind === "storm" ? ["storm"] : [];
}

function kindOf(chance: SeededChance, kinds: readonly PlanKind[]): PlanKind {
  const all = kinds.reduce((sum, kind) => sum + CHANCES[kind], 0);
  let left = chance.between(1, all);
  for (const kind of kinds) {
    left -= CHANCES[kind];
    if (left <= 0) return kind;
  }
  return "sls";
}
