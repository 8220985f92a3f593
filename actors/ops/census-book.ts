import type { ProcessMemory } from "../../protocols/host.ts";
import { censusOf } from "../../runtime/kernel/census.ts";
import type { TypeCensus } from "../../runtime/kernel/census.ts";
import type { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { Course } from "../../runtime/telemetry/growth.ts";
import type { Growth } from "../../runtime/telemetry/growth.ts";

/** Counts over which growth is judged: an hour of them. */
const COUNTS_KEPT = 120;
/** Types of actors whose course is kept; a program has some dozens. */
const TYPES_MAX = 1_000;

/** What a count has found, with what it has become. */
export interface CensusReport {
  readonly process: ProcessMemory;
  readonly growth: Growth | undefined;
  readonly types: readonly (TypeCensus & { readonly growth: Growth | undefined })[];
}

/** What the book is kept about. */
export interface CensusSource {
  readonly system: Pick<ActorSystem, "root" | "random">;
  readonly memory: () => ProcessMemory;
}

/** Keeps how many actors there were of each type and what they held, and the memory of the process. */
export class CensusBook {
  readonly #source: CensusSource;
  readonly #rss = new Course(COUNTS_KEPT);
  readonly #byType = new Map<string, Course>();

  constructor(source: CensusSource) {
    this.#source = source;
  }

  /** Counts, and keeps what was found. */
  count(nowMs: number): void {
    this.#rss.add(nowMs, this.#source.memory().rss);
    for (const { type, bytes } of this.#census()) this.#courseOf(type)?.add(nowMs, bytes);
  }

  /** Counts once more, for whoever asks, and says how fast it grows; who holds the most stands first. */
  report(): CensusReport {
    const types = this.#census()
      .map((census) => ({ ...census, growth: this.#byType.get(census.type)?.growth() }))
      .toSorted((a, b) => b.bytes - a.bytes);
    return { process: this.#source.memory(), growth: this.#rss.growth(), types };
  }

  #census(): readonly TypeCensus[] {
    const { root, random } = this.#source.system;
    return censusOf(root, random);
  }

  #courseOf(type: string): Course | undefined {
    const known = this.#byType.get(type);
    if (known !== undefined || this.#byType.size >= TYPES_MAX) return known;
    const course = new Course(COUNTS_KEPT);
    this.#byType.set(type, course);
    return course;
  }
}
