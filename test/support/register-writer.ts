import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Durability } from "../../runtime/persistence/journal.ts";
import { eventually } from "./eventually.ts";
import type { RedisNode } from "./redis-node.ts";

const AGAIN_AFTER_MS = 20;

/** Writes numbers into one register, each until it is acknowledged, and notes how long it had to wait. */
export class RegisterWriter {
  readonly id: string;
  readonly #node: RedisNode;
  readonly #durability: Durability;
  readonly refused = new Map<string, number>();
  acknowledged = 0;
  /** The longest time between two acknowledgements, in milliseconds. */
  longestPauseMs = 0;
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(node: RedisNode, durability: Durability, id: string) {
    this.#node = node;
    this.#durability = durability;
    this.id = id;
    this.#done = this.#writeOn();
  }

  /** Waits until so many more were acknowledged. */
  async more(count: number): Promise<void> {
    const goal = this.acknowledged + count;
    while (this.acknowledged < goal && !this.#isOver) await sleep(AGAIN_AFTER_MS);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  /** @throws AssertionError unless everything that was acknowledged is there in order, with at most one number more */
  async check(by = this.#node): Promise<void> {
    const numbers = await this.#numbersBy(by);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
    assert.ok(numbers.length >= this.acknowledged, `${this.id}: ${numbers.length} of ${this.acknowledged}`);
    assert.ok(numbers.length <= this.acknowledged + 1, `${this.id}: nobody has said ${numbers.length}`);
  }

  /** A node that is just on its way back after a failover, or was held up longer than its lease, answers later. */
  async #numbersBy(node: RedisNode): Promise<readonly number[]> {
    let numbers: readonly number[] | string = "";
    const look = async (): Promise<string | undefined> => {
      numbers = await node.numbers(this.#durability, this.id);
      return typeof numbers === "string" ? numbers : undefined;
    };
    await eventually(look, undefined, this.id);
    return numbers as unknown as readonly number[];
  }

  async #writeOn(): Promise<void> {
    let sinceMs = performance.now();
    while (!this.#isOver) {
      const outcome = await this.#node.enter(this.#durability, this.id, this.acknowledged + 1);
      if (outcome === "entered") {
        this.acknowledged++;
        const nowMs = performance.now();
        this.longestPauseMs = Math.max(this.longestPauseMs, nowMs - sinceMs);
        sinceMs = nowMs;
      } else {
        this.refused.set(outcome, (this.refused.get(outcome) ?? 0) + 1);
        await sleep(AGAIN_AFTER_MS);
      }
    }
  }
}
