import { Fault } from "../../../runtime/fault.ts";
import type { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { EntityType } from "../../../runtime/sharding/entity-type.ts";
import type { RoundsReport, Tallies } from "./node-words.ts";
import type { TallyProtocol } from "./tally.ts";

/** What asking around is made of. */
export interface RoundsParts {
  readonly system: ActorSystem;
  readonly type: EntityType<TallyProtocol>;
  /** The name under which is asked. */
  readonly as: string;
  readonly tallies: Tallies;
  readonly everyMs: number;
}

/**
 * Asks each of many entities again and again, one question at a time, with numbers that must all be noted; and measures how long each question took, above all the first one that
 * found its entity at another node.
 */
export class Rounds {
  readonly #parts: RoundsParts;
  readonly #faults = new Map<string, number>();
  readonly #latest = new Map<string, number>();
  readonly #unanswered = new Map<string, number[]>();
  readonly #movesMs: number[] = [];
  readonly #othersMs: number[] = [];
  readonly #all: Promise<unknown>;
  #isOver = false;
  #asked = 0;

  constructor(parts: RoundsParts) {
    this.#parts = parts;
    const { ids } = parts.tallies;
    this.#all = Promise.all(ids.map((id, index) => this.#askOn(id, (index / ids.length) * parts.everyMs)));
  }

  /** Asks nothing new, and answers when all has ended. */
  async stop(): Promise<RoundsReport> {
    this.#isOver = true;
    await this.#all;
    const others = this.#othersMs.toSorted((a, b) => a - b);
    const at = (share: number): number => others[Math.floor(share * (others.length - 1))] ?? 0;
    return {
      asked: this.#asked,
      answered: this.#movesMs.length + this.#othersMs.length,
      faults: Object.fromEntries(this.#faults),
      movesMs: this.#movesMs,
      othersMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
      latest: Object.fromEntries(this.#latest),
      unanswered: Object.fromEntries(this.#unanswered),
    };
  }

  async #askOn(id: string, afterMs: number): Promise<void> {
    const { everyMs } = this.#parts;
    await pause(afterMs);
    let last: string | undefined;
    for (let seq = 1; !this.#isOver; seq++) {
      last = (await this.#askOnce(id, seq, last)) ?? last;
      await pause(everyMs);
    }
  }

  /** Answers at which node it was. */
  async #askOnce(id: string, seq: number, last: string | undefined): Promise<string | undefined> {
    const { system, type, as } = this.#parts;
    const sinceMs = performance.now();
    this.#asked++;
    this.#latest.set(id, seq);
    try {
      const { at } = await system.ask(type.entity(id), { kind: "enter", from: as, seq });
      const isMoved = last !== undefined && at !== last;
      (isMoved ? this.#movesMs : this.#othersMs).push(performance.now() - sinceMs);
      return at;
    } catch (error) {
      const code = error instanceof Fault ? error.code : String(error);
      this.#faults.set(code, (this.#faults.get(code) ?? 0) + 1);
      this.#unanswered.set(id, [...(this.#unanswered.get(id) ?? []), seq]);
      return undefined;
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
