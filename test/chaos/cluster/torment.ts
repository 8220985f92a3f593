import { setTimeout as pause } from "node:timers/promises";
import type { SeededChance } from "../../support/seeded-chance.ts";
import type { Tallies } from "./node-words.ts";
import type { World } from "./world.ts";

/** What a torment may work on. */
export interface Scene {
  readonly world: World;
  readonly chance: SeededChance;
  readonly tallies: Tallies;
}

/** Something that goes wrong, and is over when it resolves. */
export interface Torment {
  /** Which row of the failure matrix it is of. */
  readonly row: string;
  /** What is stored only by the primary is lost. */
  readonly needsReplicas?: true;
  /** All that is stored is lost: what comes after it runs in another world. */
  readonly isTheEnd?: true;
  readonly run: (scene: Scene) => Promise<void>;
}

/** Torments by their names. */
export type Torments = Readonly<Record<string, Torment>>;

/** Waits for a time between two. */
export function wait(chance: SeededChance, min: number, max: number): Promise<void> {
  return pause(chance.between(min, max));
}
