import { SeededChance } from "../../support/seeded-chance.ts";
import { NODE_TORMENTS } from "./node-torments.ts";
import { STORE_TORMENTS } from "./store-torments.ts";
import type { Tallies } from "./node-words.ts";
import type { Torments } from "./torment.ts";
import { WIRE_TORMENTS } from "./wire-torments.ts";

/** Everything that may go wrong, by its name. */
export const TORMENTS: Torments = { ...STORE_TORMENTS, ...NODE_TORMENTS, ...WIRE_TORMENTS };

const TALLIES = 30;
const TORMENTS_MAX = 3;
const ASK_WITHIN_MS = 3_000;
/** Chance that a run is about tallies whose records are held by a replica too. */
const REPLICATED = 0.3;

/** What goes wrong, and when it begins after the one before it has begun. */
export interface PlannedTorment {
  readonly name: string;
  readonly afterMs: number;
}

/** A run as its seed has it. */
export interface Plan {
  readonly seed: number;
  readonly tallies: Tallies;
  /** How long messages are sent at least, in milliseconds. */
  readonly loadMs: number;
  readonly everyMs: number;
  readonly torments: readonly PlannedTorment[];
  /** That everything that is stored will be lost on the way. */
  readonly losesAll: boolean;
  /** How long everything may take to be reached again; far more than it takes unless given. In milliseconds. */
  readonly recoveredWithinMs?: number;
  readonly askWithinMs: number;
}

/** What happens in the run of a seed; `rows` are the rows of the failure matrix that it is to be of, all of them unless given. Pure. */
export function planOf(seed: number, rows: readonly string[] = []): Plan {
  const chance = new SeededChance(seed);
  const names = chance.shuffled(
    Object.entries(TORMENTS)
      .filter(([, { row }]) => rows.length === 0 || rows.includes(row))
      .map(([name]) => name),
  );
  const chosen = names.slice(0, chance.between(1, TORMENTS_MAX));
  const needsReplicas = chosen.some((name) => TORMENTS[name]?.needsReplicas === true);
  const isReplicated = needsReplicas || chance.next() < REPLICATED;
  return {
    seed,
    tallies: {
      durability: isReplicated ? "replicated" : "fsync",
      ids: Array.from({ length: TALLIES }, (_, index) => `${seed}-${index}`),
    },
    loadMs: chance.between(1_500, 2_500),
    everyMs: chance.between(8, 30),
    askWithinMs: ASK_WITHIN_MS,
    torments: chosen.map((name) => ({ name, afterMs: chance.between(100, 800) })),
    losesAll: chosen.some((name) => TORMENTS[name]?.isTheEnd === true),
  };
}
