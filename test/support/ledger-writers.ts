import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a writer waits before it says again what was not taken, in milliseconds. */
const AGAIN_AFTER_MS = 20;

/** Writes numbers into one ledger of a node, each until it is acknowledged; see `ledger-feature.ts`. */
export class LedgerWriter {
  readonly id: string;
  readonly #web: () => string;
  readonly #restMs: number;
  /** The latest number that was acknowledged. */
  acknowledged = 0;
  /** What was not taken, by its status; 0 for a connection that broke. */
  readonly refused = new Map<number, number>();
  #isOver = false;
  readonly #done: Promise<void>;

  /** `web` is asked for each request: a node that was started anew may be elsewhere. Rests after each, so that others get the processor, too. */
  constructor(id: string, web: () => string, restMs: number) {
    this.id = id;
    this.#web = web;
    this.#restMs = restMs;
    this.#done = this.#writeOn();
  }

  /** Stops after the number that is under way. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  /** Stops without waiting for anything. */
  abandon(): void {
    this.#isOver = true;
  }

  /** @throws AssertionError unless everything that was acknowledged is there, once and in order, and at most one number more */
  async check(): Promise<void> {
    const response = await fetch(`${this.#web()}/ledger?id=${this.id}`);
    assert.equal(response.status, 200, await response.clone().text());
    const { numbers } = (await response.json()) as { readonly numbers: number[] };
    assert.ok(numbers.length >= this.acknowledged, `${this.id}: ${numbers.length} of ${this.acknowledged}`);
    assert.ok(numbers.length <= this.acknowledged + 1, `${this.id}: nobody has said ${numbers.length}`);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  }

  async #writeOn(): Promise<void> {
    while (!this.#isOver) {
      const status = await this.#write(this.acknowledged + 1);
      if (status === 200) this.acknowledged++;
      else this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
      await sleep(status === 200 ? this.#restMs : AGAIN_AFTER_MS);
    }
  }

  async #write(number: number): Promise<number> {
    try {
      const response = await fetch(`${this.#web()}/ledger`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: this.id, number }),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }
}
