import type { Clock } from "../time/clock.ts";
import type { Cell } from "./cell.ts";

/** Zombies remembered; beyond that the oldest is not counted any more. */
const ZOMBIES_MAX = 10_000;

/** Turns of one type of actor that were given up and have not ended. */
export interface Zombies {
  readonly type: string;
  readonly count: number;
  /** How long ago the first of them was given up, in milliseconds. */
  readonly oldestMs: number;
}

/**
 * Turns that were given up while their promise was pending. A promise cannot be killed: its effects are void, but its
 * closure stays in memory until it settles, if it ever does. So they are counted, by type of actor and age.
 */
export class ZombieLedger {
  readonly #clock: Clock;
  readonly #turns = new Map<string, { readonly type: string; readonly sinceMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#turns.size;
  }

  /** The open turn of this cell's present life is given up. */
  enter(cell: Cell): void {
    this.#turns.set(key(cell, cell.life), { type: cell.definition.type, sinceMs: this.#clock.nowMs() });
    const [oldest] = this.#turns.keys();
    if (this.#turns.size > ZOMBIES_MAX && oldest !== undefined) this.#turns.delete(oldest);
  }

  /** A turn of an earlier life has ended after all. */
  leave(cell: Cell, life: number): void {
    this.#turns.delete(key(cell, life));
  }

  byType(): Zombies[] {
    const nowMs = this.#clock.nowMs();
    const byType = new Map<string, Zombies>();
    for (const { type, sinceMs } of this.#turns.values()) {
      const { count, oldestMs } = byType.get(type) ?? { count: 0, oldestMs: 0 };
      byType.set(type, { type, count: count + 1, oldestMs: Math.max(oldestMs, Math.round(nowMs - sinceMs)) });
    }
    return [...byType.values()];
  }
}

// A life has at most one open turn.
function key(cell: Cell, life: number): string {
  return `${cell.incarnation}:${life}`;
}
