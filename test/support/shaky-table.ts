import { Fault } from "../../runtime/fault.ts";
import type { MembershipTable, Newcomer, Renewal } from "../../runtime/membership/membership-table.ts";
import type { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import type { ProcessClock } from "./process-clock.ts";

/** How long a call whose answer is lost waits for it. */
const GIVEN_UP_AFTER_MS = 1_000;

/** The way of one process to the table: slow, cut, or losing the answers. */
export class ShakyTable implements MembershipTable {
  readonly #table: MembershipTable;
  readonly #world: VirtualClock;
  readonly #process: ProcessClock;
  isCut = false;
  losesAnswers = false;
  requestMs = 0;
  answerMs = 0;

  constructor(table: MembershipTable, world: VirtualClock, process: ProcessClock) {
    this.#table = table;
    this.#world = world;
    this.#process = process;
  }

  join(newcomer: Newcomer) {
    return this.#call(() => this.#table.join(newcomer));
  }

  renew(renewal: Renewal) {
    return this.#call(() => this.#table.renew(renewal));
  }

  move(incarnation: string, to: "up" | "leaving") {
    return this.#call(() => this.#table.move(incarnation, to));
  }

  end(incarnation: string, cause: "left" | "reaped" | "expired") {
    return this.#call(() => this.#table.end(incarnation, cause));
  }

  removeExpired() {
    return this.#call(() => this.#table.removeExpired());
  }

  read() {
    return this.#call(() => this.#table.read());
  }

  leases() {
    return this.#call(() => this.#table.leases());
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (this.isCut) throw new Fault("redisUnavailable");
    if (this.requestMs > 0) await this.#pass(this.requestMs);
    const { losesAnswers, answerMs } = this;
    const answer = await work();
    if (losesAnswers) {
      await this.#pass(GIVEN_UP_AFTER_MS);
      throw new Fault("redisUnanswered");
    }
    if (answerMs > 0) await this.#pass(answerMs);
    await new Promise<void>((resolve) => this.#process.run(resolve));
    return answer;
  }

  #pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#world.after(durationMs, resolve));
  }
}
