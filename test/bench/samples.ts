import type { Sample } from "./benchmark.ts";

/** All measurements of one part: for each contender one sample a round. */
export class Samples {
  readonly #rounds: Readonly<Record<string, readonly Sample[]>>;

  constructor(rounds: Readonly<Record<string, readonly Sample[]>>) {
    this.#rounds = rounds;
  }

  /** The median of one number of a contender over all rounds. */
  median(contender: string, number: string): number {
    return median(this.of(contender, number));
  }

  /**
   * The median of ours / peer over the rounds. Each round's two measurements are neighbours in time, so that
   * a machine that slows down for a while slows both.
   */
  ratio(ours: string, peer: string, number: string): number {
    const peers = this.of(peer, number);
    return median(this.of(ours, number).map((value, round) => value / peers[round]!));
  }

  /** One number of a contender, round by round. */
  of(contender: string, number: string): number[] {
    const rounds = this.#rounds[contender] ?? [];
    return rounds.map((sample) => {
      const value = sample[number];
      if (value === undefined) throw new TypeError(`${contender} did not measure ${number}`);
      return value;
    });
  }

  /** Every number of every contender with its spread, for people. */
  spreads(): Record<string, Record<string, Spread>> {
    const contenders = Object.entries(this.#rounds);
    return Object.fromEntries(
      contenders.map(([contender, rounds]) => [contender, this.#spreadOf(contender, rounds)]),
    );
  }

  #spreadOf(contender: string, rounds: readonly Sample[]): Record<string, Spread> {
    const numbers = Object.keys(rounds[0] ?? {});
    return Object.fromEntries(numbers.map((number) => [number, spread(this.of(contender, number))]));
  }
}

/** Where the measurements of one number lie. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function spread(values: readonly number[]): Spread {
  return {
    median: rounded(median(values)),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  };
}

/** The middle of the values; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values, no median");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Four digits: no measurement here is worth more. Whole numbers stay whole. */
export function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}
