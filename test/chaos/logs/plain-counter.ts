import type { PutRecord } from "./put-record.ts";

/** As it was agreed, and not as the product has it: a cell and a block, in milliseconds. */
const CELL_MS = 30_000;
const BLOCK_MS = 180_000;

/** What a log gives out whole: a group, or a line. */
export type PutUnit = readonly PutRecord[];

/** Numbers by what they are of, such as `requests 59000000 2xx /r1 GET http`. */
export type PlainCounts = Map<string, number>;

/** What was put into one partition, in its order: counted with nothing but a sum for each name, so that it can be held against what the product has counted. */
export class PlainCounter {
  readonly units: PutUnit[] = [];
  /** The log has dropped the units before this one. */
  dropped = 0;

  put(unit: PutUnit): void {
    this.units.push(unit);
  }

  /** What can be counted when the last of those that were dropped were never read. */
  without(lost: number): readonly PutUnit[] {
    return [...this.units.slice(0, this.dropped - lost), ...this.units.slice(this.dropped)];
  }
}

/** How many records had which fate. Pure. */
export function fatesOf(units: readonly PutUnit[]): Record<PutRecord["fate"], number> {
  const fates = { counted: 0, quarantined: 0, tooLate: 0, unparsable: 0 };
  for (const { fate } of units.flat()) fates[fate]++;
  return fates;
}

/** What has to be counted of them. Pure. */
export function plainCounts(units: readonly PutUnit[]): PlainCounts {
  const counts: PlainCounts = new Map();
  const add = (name: string, amount: number): void => void counts.set(name, (counts.get(name) ?? 0) + amount);
  for (const { timeMs, fields, fate } of units.flat()) {
    if (fate !== "counted") continue;
    const cell = Math.floor(timeMs / CELL_MS);
    const { route = "", status = "", request_method: method = "", kind = "" } = fields;
    add(`requests ${cell} ${status.slice(0, 1)}xx ${route} ${method} ${kind}`, 1);
    add(`latency ${cell} ${route}`, 1);
    add(`latency ${cell} ${route} sum`, Number(fields["request_time"]?.replace(".", "")) * 1_000);
    add(`bytes ${cell} ${route}`, 1);
    add(`bytes ${cell} ${route} sum`, Number(fields["bytes_sent"]));
    add(`clients ${cell} `, 1);
    add(`urls ${cell} `, 1);
    add(`urls ${Math.floor(timeMs / BLOCK_MS)} top ${fields["uri"]}`, 1);
  }
  return counts;
}
