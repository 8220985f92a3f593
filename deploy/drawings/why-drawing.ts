import type { WhyFields } from "../../protocols/ops-looks.ts";
import { readableName } from "../../runtime/actor/actor-name.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint } from "./columns.ts";
import { duration, oneLine, timeOf } from "./units.ts";

/** What `/v1/why` answers. */
export type Why = BodyOf<typeof WhyFields>;

const TEXT_MAX = 100;
/** Frames of the latest failure's stack that are shown. */
const FRAMES_MAX = 5;

/** Draws what went wrong with an actor: a line on how it is, then each kind of trouble that it has had. Pure. */
export function drawWhy(why: Why, paint: Paint): string {
  const trouble = [...failures(why, paint), ...stalls(why, paint), ...held(why, paint), ...lost(why, paint)];
  const calm = trouble.length === 0 ? ["Nothing has gone wrong with it, as far as is remembered."] : trouble;
  return [...state(why, paint), ...calm].join("\n\n");
}

function state({ actor, supervisor, zombies }: Why, paint: Paint): string[] {
  const { path, type, mailbox, restarts, failed, budgets, strikes, pulse } = actor;
  const shown = actor.state === "running" ? actor.state : paint("alarm", actor.state);
  const facts: (readonly [string, string])[] = [
    ["state", `${shown}, up ${duration(actor.uptimeMs)}, ${actor.handled} messages handled`],
    [
      "mailbox",
      mailbox.depth === 0 ? "empty" : `${mailbox.depth}, the oldest for ${duration(mailbox.oldestAgeMs)}`,
    ],
    ["failures", `${failed}, ${pulse.stalls} of them stalls; ${restarts} restarts`],
    ["forgiven", `${left(budgets.crash, "crash")}; ${left(budgets.stall, "stall")}`],
    [
      "supervisor",
      typeof supervisor?.["path"] === "string" ? supervisorText(supervisor) : "none: it is the root",
    ],
  ];
  if (actor.restart === "temporary") facts.push(["restart", "never: it is temporary"]);
  if (pulse.openTurn !== undefined) {
    facts.push(["turn", `${pulse.openTurn.kind}, for ${duration(pulse.openTurn.busyMs)}`]);
  }
  if (pulse.lastBeat !== undefined) {
    const { ageMs, note } = pulse.lastBeat;
    facts.push([
      "last beat",
      `${duration(ageMs)} ago${note === undefined ? "" : `: ${oneLine(note, TEXT_MAX)}`}`,
    ]);
  }
  if (strikes !== undefined) facts.push(["strikes", `${strikes.count} on ${strikes.kind}`]);
  if (zombies > 0) facts.push(["zombies", `${zombies} turns of it were given up and have not ended`]);
  const lines = facts.map(([name, text]) => `  ${name.padEnd(12)}${text}`);
  return [[`${readableName(path)} (${type})`, ...lines].join("\n")];
}

function left(budget: { left: number; max: number; withinMs: number }, cause: string): string {
  return `${budget.left} of ${budget.max} ${cause}es in ${duration(budget.withinMs)}`.replace(
    "stalles",
    "stalls",
  );
}

function supervisorText(supervisor: Readonly<Record<string, unknown>>): string {
  const { path, strategy } = supervisor as { readonly path: string; readonly strategy?: string };
  const name = readableName(path);
  return strategy === undefined ? name : `${name} (${strategy})`;
}

function failures({ failures: all }: Why, paint: Paint): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ atMs, cause, kind, message }) => ({
    cells: [timeOf(atMs), cause, kind ?? "-", oneLine(message, TEXT_MAX)],
  }));
  const frames = (all[0]?.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const stack = frames.slice(0, FRAMES_MAX).map((line) => paint("dim", `  ${line.trim()}`));
  const table = drawTable({ headings: ["failed", "cause", "on", "because"], numbers: [], rows }, paint);
  return [[table, ...stack].join("\n")];
}

function stalls({ stalls: all }: Why, paint: Paint): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ atMs, silence, deadlineMs, kind, strikes, note }) => ({
    cells: [
      timeOf(atMs),
      silence,
      duration(deadlineMs),
      kind ?? "-",
      String(strikes),
      oneLine(note ?? "-", TEXT_MAX),
    ],
  }));
  const headings = ["stalled", "silence", "after", "on", "strikes", "last word"];
  return [drawTable({ headings, numbers: ["after", "strikes"], rows }, paint)];
}

function held({ quarantined }: Why, paint: Paint): string[] {
  if (quarantined.length === 0) return [];
  const rows = quarantined.map(({ id, atMs, kind, strikes, fingerprint }) => ({
    cells: [timeOf(atMs), String(id), kind, String(strikes), fingerprint],
  }));
  const headings = ["quarantined", "id", "kind", "strikes", "fingerprint"];
  return [drawTable({ headings, numbers: ["id", "strikes"], rows }, paint)];
}

function lost({ deadLetters }: Why, paint: Paint): string[] {
  if (deadLetters.length === 0) return [];
  const rows = deadLetters.map(({ atMs, kind, reason }) => ({ cells: [timeOf(atMs), kind, reason] }));
  return [drawTable({ headings: ["lost", "kind", "reason"], numbers: [], rows }, paint)];
}
