import type { BeatsFields } from "../../protocols/ops-looks.ts";
import { readableName } from "../../runtime/actor/actor-name.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint, Row } from "./columns.ts";
import { duration, oneLine } from "./units.ts";

/** What `/v1/beats` answers. */
export type Beats = BodyOf<typeof BeatsFields>;
type BeatingActor = Beats["beats"][number];

const HEADINGS = [
  "actor",
  "type",
  "owes",
  "deadline",
  "left",
  "last beat",
  "note",
  "strategy",
  "crashes",
  "stalls",
];
const NUMBERS = ["deadline", "left", "last beat", "crashes", "stalls"];
const NOTE_MAX = 40;
/** The share of its deadline that an actor has left when an operator should look. */
const LITTLE_LEFT = 0.25;
const STRATEGIES = {
  oneForOne: "one for one",
  allForOne: "all for one",
  restForOne: "rest for one",
} as const;

/** Draws who owes a sign of life, until when, and how often a failure is still forgiven. Pure. */
export function drawBeats({ total, beats }: Beats, paint: Paint): string {
  if (total === 0) return "No actor owes a sign of life now: none has a duty, and no turn is open.";
  const table = drawTable({ headings: HEADINGS, numbers: NUMBERS, rows: beats.map(rowOf) }, paint);
  const more = total > beats.length ? `\n… ${total - beats.length} more` : "";
  return `${table}${more}\n\n${paint("dim", "crashes, stalls: restarts that are still forgiven, of how many")}`;
}

function rowOf(actor: BeatingActor): Row {
  const { path, type, pulse, supervision, budgets } = actor;
  const debt = debtOf(actor);
  const { lastBeat } = pulse;
  return {
    cells: [
      readableName(path),
      type,
      debt.owes,
      duration(debt.withinMs),
      duration(debt.leftMs),
      lastBeat === undefined ? "-" : `${duration(lastBeat.ageMs)} ago`,
      oneLine(lastBeat?.note ?? "-", NOTE_MAX),
      STRATEGIES[supervision.strategy],
      `${budgets.crash.left}/${budgets.crash.max}`,
      `${budgets.stall.left}/${budgets.stall.max}`,
    ],
    style: debt.leftMs < debt.withinMs * LITTLE_LEFT ? "warn" : "plain",
  };
}

interface Debt {
  readonly owes: string;
  readonly withinMs: number;
  readonly leftMs: number;
}

/** What falls due first: a heartbeat, or progress in the open turn. */
function debtOf({ pulse: { heartbeat, openTurn, progressWithinMs = 0 } }: BeatingActor): Debt {
  const turn =
    openTurn?.leftMs === undefined
      ? undefined
      : { owes: `progress in ${openTurn.kind}`, withinMs: progressWithinMs, leftMs: openTurn.leftMs };
  if (heartbeat === undefined) return turn ?? { owes: "-", withinMs: 0, leftMs: 0 };
  const { everyMs, withinMs, leftMs } = heartbeat;
  const duty = { owes: `a beat each ${duration(everyMs)}`, withinMs, leftMs };
  return turn !== undefined && turn.leftMs < duty.leftMs ? turn : duty;
}
