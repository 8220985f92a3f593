import type { SlotRange } from "../redis/slot-ranges.ts";

/**
 * Names the parts of a store that fail over as a whole. A server that takes over what another one served until now takes over its name, so that a failover is seen as one; a
 * server that joins beside the others has a name of its own. Pure.
 */
export class ShardMap {
  #ranges: readonly SlotRange[] = [];
  /** The shard of each server that serves something now. */
  #names: ReadonlyMap<string, string> = new Map();

  /** Who serves what from now on. */
  learn(ranges: readonly SlotRange[]): void {
    const before = { ranges: this.#ranges, names: this.#names };
    const primaries = new Set(ranges.map(({ primary }) => primary));
    const names = new Map([...before.names].filter(([primary]) => primaries.has(primary)));
    for (const { first, primary } of ranges) {
      if (names.has(primary)) continue;
      const last = before.ranges.find((range) => range.first <= first && first <= range.last)?.primary;
      const isGone = last !== undefined && !primaries.has(last);
      const inherited = isGone ? before.names.get(last) : undefined;
      names.set(primary, freeName(inherited ?? primary, primary, new Set(names.values())));
    }
    this.#ranges = ranges;
    this.#names = names;
  }

  /** The shard in which a hash slot is; undefined when nobody serves it. */
  shardOf(slot: number): string | undefined {
    const range = this.#ranges.find(({ first, last }) => first <= slot && slot <= last);
    return range === undefined ? undefined : this.#names.get(range.primary);
  }
}

function freeName(wanted: string, own: string, taken: ReadonlySet<string>): string {
  let name = taken.has(wanted) ? own : wanted;
  while (taken.has(name)) name += "'";
  return name;
}
