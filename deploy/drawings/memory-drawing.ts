import type { MemoryFields } from "../../protocols/ops-looks.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import { drawTable } from "./columns.ts";
import type { Paint } from "./columns.ts";
import { bytes, duration, slope } from "./units.ts";

/** What `/v1/memory` answers. */
export type Memory = BodyOf<typeof MemoryFields>;

/** Draws the memory of a process, and who holds it. Pure. */
export function drawMemory(memory: Memory, paint: Paint): string {
  const { pid, process, rssBytesPerMinute, sinceMs, types } = memory;
  const over =
    rssBytesPerMinute === undefined ? "growth is known in a few minutes" : `over ${duration(sinceMs)}`;
  const head =
    `process ${pid}: ${bytes(process.rss)} resident, ${slope(rssBytesPerMinute)} (${over}); ` +
    `heap ${bytes(process.heapUsed)} of ${bytes(process.heapTotal)}, outside of it ${bytes(process.external)}`;
  const rows = types.map(({ type, actors, waiting, sampled, bytes: held, bytesPerMinute }) => ({
    cells: [type, String(actors), String(waiting), bytes(held), slope(bytesPerMinute), String(sampled)],
  }));
  const headings = ["type", "actors", "waiting", "holds about", "grows", "sampled"];
  const table = drawTable(
    { headings, numbers: ["actors", "waiting", "holds about", "grows", "sampled"], rows },
    paint,
  );
  return `${head}\n\n${table}\n\n${paint("dim", "What the types hold is an estimate from a few states of each.")}`;
}
