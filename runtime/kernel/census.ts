import type { Cell } from "./cell.ts";
import { cellsBelow } from "./cells-below.ts";
import { sizeOf } from "./size-of.ts";
import { waitingAt } from "./waiting.ts";

/** States of one type that are looked at. */
const STATES_SAMPLED_MAX = 20;
/** What an actor takes without its state: its cell, its name and its place in the tree, in bytes. */
const BYTES_PER_ACTOR = 500;

/** The actors of one type, counted, with an estimate of what they hold. */
export interface TypeCensus {
  readonly type: string;
  readonly actors: number;
  /** Messages that wait. */
  readonly waiting: number;
  /** How many states the estimate was made from. */
  readonly sampled: number;
  /** An estimate from below: the mean of the sampled states, for all. */
  readonly bytes: number;
}

interface Tally {
  actors: number;
  waiting: number;
  readonly states: unknown[];
}

/** Counts the actors below `root` by type and estimates what their states hold, from a few of each type, drawn by `random`. */
export function censusOf(root: Cell, random: () => number): readonly TypeCensus[] {
  const tallies = new Map<string, Tally>();
  for (const cell of cellsBelow(root)) {
    const { type } = cell.definition;
    let tally = tallies.get(type);
    if (tally === undefined) tallies.set(type, (tally = { actors: 0, waiting: 0, states: [] }));
    count(tally, cell, random);
  }
  return [...tallies].map(([type, tally]) => estimate(type, tally));
}

/** Each actor has the same chance to be among the sampled ones (Vitter's algorithm R). */
function count(tally: Tally, cell: Cell, random: () => number): void {
  const place = tally.actors < STATES_SAMPLED_MAX ? tally.actors : Math.floor(random() * (tally.actors + 1));
  if (place < STATES_SAMPLED_MAX) tally.states[place] = cell.state;
  tally.actors++;
  tally.waiting += waitingAt(cell).depth;
}

function estimate(type: string, { actors, waiting, states }: Tally): TypeCensus {
  const sizes = states.map((state) => sizeOf(state));
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  const bytes = Math.round(actors * (BYTES_PER_ACTOR + mean));
  return { type, actors, waiting, sampled: sizes.length, bytes };
}
