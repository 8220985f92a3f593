import type { QuarantineFields, StallsFields } from "../../protocols/ops.ts";
import { readableName } from "../../runtime/actor/actor-name.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint } from "./columns.ts";
import { bytes, duration, oneLine, timeOf } from "./units.ts";

/** What `/v1/stalls` answers. */
export type Stalls = BodyOf<typeof StallsFields>;
/** What `/v1/quarantine` answers. */
export type Quarantined = BodyOf<typeof QuarantineFields>;

const NOTE_MAX = 60;

/** Draws who fell silent, and the turns that were given up and go on. Pure. */
export function drawStalls({ total, recent, zombies }: Stalls, paint: Paint): string {
  if (total === 0 && zombies.length === 0) return "Nobody has fallen silent since the start.";
  const rows = recent.map(({ atMs, path, type, silence, deadlineMs, kind, strikes, note }) => ({
    cells: [
      timeOf(atMs),
      readableName(path),
      type,
      silence,
      duration(deadlineMs),
      kind ?? "-",
      String(strikes),
      oneLine(note ?? "-", NOTE_MAX),
    ],
  }));
  const headings = ["stalled", "actor", "type", "silence", "after", "on", "strikes", "last word"];
  const table = drawTable({ headings, numbers: ["after", "strikes"], rows }, paint);
  const more = total > recent.length ? [`${total} since the start.`] : [];
  return [table, ...more, ...drawZombies(zombies, paint)].join("\n\n");
}

function drawZombies(zombies: Stalls["zombies"], paint: Paint): string[] {
  if (zombies.length === 0) return [];
  const rows = zombies.map(({ type, count, oldestMs, retainedBytes }) => ({
    cells: [
      type,
      String(count),
      duration(oldestMs),
      retainedBytes === undefined ? "-" : bytes(retainedBytes),
    ],
  }));
  const headings = ["zombies of", "turns", "oldest", "hold at least"];
  return [drawTable({ headings, numbers: ["turns", "oldest", "hold at least"], rows }, paint)];
}

/** Draws the messages that were put aside. Pure. */
export function drawQuarantine({ total, evicted, messages }: Quarantined, paint: Paint): string {
  if (total === 0) return "No message is quarantined.";
  const rows = messages.map(({ id, atMs, path, kind, strikes, fingerprint, note }) => ({
    cells: [
      String(id),
      timeOf(atMs),
      readableName(path),
      kind,
      String(strikes),
      fingerprint,
      oneLine(note ?? "-", NOTE_MAX),
    ],
  }));
  const headings = ["id", "since", "actor", "kind", "strikes", "fingerprint", "last word"];
  const table = drawTable({ headings, numbers: ["id", "strikes"], rows }, paint);
  return evicted === 0 ? table : `${table}\n\n${evicted} older ones were given up to make room.`;
}
