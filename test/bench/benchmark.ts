/**
 * The contract of every benchmark: what it measures, against whom, and which figures come of it.
 * A benchmark is one exported object; `registry.ts` lists them, `run.ts` runs them.
 */
import type { Samples } from "./samples.ts";

/** What one measurement answers: named numbers, the same names each time. */
export type Sample = Readonly<Record<string, number>>;

/** What a measurement is told. */
export interface Circumstances {
  /** Keep it short: the whole benchmark has 40 s. */
  readonly quick: boolean;
  /** A directory of this run alone, removed at its end. */
  readonly scratch: string;
}

/** One of those compared: ours, a peer, or ours under another condition. Measures once, warm-up included. */
export type Contender = (circumstances: Circumstances) => Promise<Sample>;

/** A number of the result, published under its exact key. A ratio is ours / peer: larger is better unless `means` says otherwise. */
export interface Figure {
  readonly kind: "ratio" | "value";
  /** What the number says, for the tables of both languages. */
  readonly means: { readonly en: string; readonly zh: string };
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
  /** Works the number out of all that was measured. */
  readonly of: (samples: Samples) => number;
}

/** A part of a benchmark: contenders that do equal work in turns, and the figures that follow. */
export interface Part {
  /** For `--only`. */
  readonly name: string;
  readonly contenders: Readonly<Record<string, Contender>>;
  readonly figures: Readonly<Record<string, Figure>>;
  /** How often each contender has its turn. */
  readonly rounds: { readonly quick: number; readonly full: number };
  /** Needs minutes, so that `--quick` leaves it out. */
  readonly isLong?: boolean;
  /**
   * Where a measurement runs: in a fresh `process` each time, so that no heap and no compiled code of another one
   * matters, or in the `runner`, when it starts processes itself. A fresh process unless given.
   */
  readonly runsIn?: "process" | "runner";
  /** Flags of Node for the fresh process. */
  readonly nodeFlags?: readonly string[];
}

/** A benchmark, by its name on the command line. */
export interface Benchmark {
  readonly name: string;
  /** The packages it is measured against; their versions stand in the result. */
  readonly peers: readonly string[];
  readonly parts: readonly Part[];
}

/** The run means nothing or cannot be: printed as it is, without a stack. */
export class Refusal extends Error {}
