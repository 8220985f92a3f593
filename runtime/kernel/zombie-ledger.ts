import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Clock } from "../time/clock.ts";
import type { Cell } from "./cell.ts";
import { sizeOf } from "./size-of.ts";

/** Zombies remembered; beyond that the oldest is not counted any more. */
const ZOMBIES_MAX = 10_000;
/** What a turn that does not end holds beside its message and the state: promise, closure and context, in bytes. */
const TURN_BYTES = 1_024;

/** Turns of one type of actor that were given up and have not ended. */
export interface Zombies {
  readonly type: string;
  readonly count: number;
  /** How long ago the first of them was given up, in milliseconds. */
  readonly oldestMs: number;
  /** What they keep in memory, estimated when they were given up: turns, messages, and the states of their lives. */
  readonly retainedBytes: number;
}

interface Zombie {
  readonly incarnation: number;
  readonly type: string;
  readonly sinceMs: number;
  readonly bytes: number;
}

/**
 * Turns that were given up while their promise was pending. A promise cannot be killed: its effects are void, but its
 * closure stays in memory until it settles, if it ever does. So they are counted, by type of actor and age, and where
 * they pile up only a new process helps.
 */
export class ZombieLedger {
  readonly #clock: Clock;
  readonly #turns = new Map<string, Zombie>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#turns.size;
  }

  /** The open turn of this cell's present life is given up; its closure keeps `message` and the state. */
  enter(cell: Cell, message: TaggedMessage | undefined): void {
    const { incarnation } = cell;
    const { type } = cell.definition;
    const bytes = TURN_BYTES + sizeOf(message) + sizeOf(cell.state);
    this.#turns.set(key(cell, cell.life), { incarnation, type, sinceMs: this.#clock.nowMs(), bytes });
    const [oldest] = this.#turns.keys();
    if (this.#turns.size > ZOMBIES_MAX && oldest !== undefined) this.#turns.delete(oldest);
  }

  /** A turn of an earlier life has ended after all. */
  leave(cell: Cell, life: number): void {
    this.#turns.delete(key(cell, life));
  }

  /** How many of them are turns of this actor. */
  countOf({ incarnation }: Cell): number {
    let count = 0;
    for (const zombie of this.#turns.values()) if (zombie.incarnation === incarnation) count++;
    return count;
  }

  byType(): Zombies[] {
    const nowMs = this.#clock.nowMs();
    const byType = new Map<string, Zombies>();
    for (const { type, sinceMs, bytes } of this.#turns.values()) {
      const { count, oldestMs, retainedBytes } = byType.get(type) ?? NONE;
      byType.set(type, {
        type,
        count: count + 1,
        oldestMs: Math.max(oldestMs, Math.round(nowMs - sinceMs)),
        retainedBytes: retainedBytes + bytes,
      });
    }
    return [...byType.values()];
  }
}

const NONE = { count: 0, oldestMs: 0, retainedBytes: 0 } as const;

// A life has at most one open turn.
function key(cell: Cell, life: number): string {
  return `${cell.incarnation}:${life}`;
}
