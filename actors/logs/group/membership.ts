import { leaseTimes } from "./lease-times.ts";

/**
 * How a consumer holds a partition: it `reads`; it `stops`, because the group wants it back or the lease is over; it `commits`, for nothing is read any more and the group is to be told up to where it was
 * counted. Only then is the partition left out of the next heartbeat, and may be given to somebody else.
 */
export type Hold = "reads" | "stops" | "commits";

/** What is to be done after the group has answered. */
export interface Steps {
  readonly start: readonly string[];
  readonly stop: readonly string[];
}

const NOTHING: Steps = { start: [], stop: [] };

/**
 * Which partitions a consumer holds, from what it was given to what it has given back. The lease is counted from when a heartbeat was sent, so it ends here before it ends at the group. Pure: time is
 * given, on a clock that never jumps.
 */
export class Membership {
  readonly #holds = new Map<string, Hold>();
  #timeoutMs: number;
  /** When the latest heartbeat was sent that was answered; undefined outside of the group. */
  #heardMs: number | undefined = undefined;
  /** How often the lease was lost: an answer to what was said before means nothing. */
  #losses = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  set timeoutMs(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  get isMember(): boolean {
    return this.#heardMs !== undefined;
  }

  get losses(): number {
    return this.#losses;
  }

  /** What the next heartbeat says. */
  get held(): string[] {
    return [...this.#holds.keys()];
  }

  hold(partition: string): Hold | undefined {
    return this.#holds.get(partition);
  }

  /** Those that are held in a way. */
  all(hold: Hold): string[] {
    return this.held.filter((partition) => this.#holds.get(partition) === hold);
  }

  /** Whether it may say something: who has lost the lease joins anew with empty hands. */
  get mayBeat(): boolean {
    return this.isMember || this.#holds.size === 0;
  }

  /** The group has answered a heartbeat that was sent at `sentMs`, after so many losses. */
  answered(granted: readonly string[], sentMs: number, losses: number): Steps {
    if (losses !== this.#losses) return NOTHING;
    this.#heardMs = sentMs;
    const start = granted.filter((partition) => !this.#holds.has(partition));
    const stop = this.all("reads").filter((partition) => !granted.includes(partition));
    for (const partition of start) this.#holds.set(partition, "reads");
    for (const partition of stop) this.#holds.set(partition, "stops");
    return { start, stop };
  }

  /** The puller of a partition has ended: by itself, or because it had to. */
  ended(partition: string): void {
    if (!this.#holds.has(partition)) return;
    if (this.isMember) this.#holds.set(partition, "commits");
    else this.#holds.delete(partition);
  }

  /** Nothing of a partition is left to be done. */
  released(partition: string): void {
    this.#holds.delete(partition);
  }

  /** Somebody else has a partition already; answers whether it has to be stopped. */
  taken(partition: string): boolean {
    const isRead = this.#holds.get(partition) === "reads";
    if (isRead) this.#holds.set(partition, "stops");
    return isRead;
  }

  /** Whether reading has to end, because the group has not answered for too long. */
  hasLapsed(nowMs: number): boolean {
    return this.#heardMs !== undefined && nowMs - this.#heardMs >= leaseTimes(this.#timeoutMs).readForMs;
  }

  /** The lease is over, or given up: answers what has to be stopped. Nothing of it is committed. */
  lose(): readonly string[] {
    this.#heardMs = undefined;
    this.#losses++;
    const stop = this.all("reads");
    for (const partition of stop) this.#holds.set(partition, "stops");
    for (const partition of this.all("commits")) this.#holds.delete(partition);
    return stop;
  }
}
