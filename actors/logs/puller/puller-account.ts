import type { PartitionState } from "../../../protocols/partial.ts";
import { SourceAccount } from "../source-account.ts";

/** Over so long the speed of a puller is measured, in milliseconds. */
const RATE_OVER_MS = 5_000;

/** What went wrong last. */
export interface PullerTrouble {
  readonly atMs: number;
  readonly code: string;
  readonly text: string;
}

/** Where one partition stands and what has become of it since its puller began on this node, for operators. */
export class PullerAccount {
  readonly source: string;
  readonly partition: string;
  state: PartitionState = "lagging";
  /** Up to where it is counted. */
  cursor: string | undefined = undefined;
  /** What the puller is at. */
  step = "begins";
  lagMs = 0;
  records = 0;
  batches = 0;
  bytes = 0;
  unparsable = 0;
  quarantined = 0;
  gaps = 0;
  /** Lost for good, as far as it is known how many. */
  lost = 0;
  /** Groups of records that somebody else has read who shares the log with us. */
  handedOver = 0;
  restarts = 0;
  failures = 0;
  trouble: PullerTrouble | undefined = undefined;
  /** When it has last got on, or has seen that there is nothing new; by the clock that never jumps. */
  provedAtMs = Number.NEGATIVE_INFINITY;
  #rate = 0;
  #windowFromMs = 0;
  #windowRecords = 0;

  constructor(source: string, partition: string) {
    this.source = source;
    this.partition = partition;
  }

  /** Unique in the node. */
  get key(): string {
    return `${this.source}/${this.partition}`;
  }

  /** Notes a batch that is counted for good. */
  counted(records: number, bytes: number, nowMs: number): void {
    this.batches++;
    this.bytes += bytes;
    this.records += records;
    this.#windowRecords += records;
    this.#look(nowMs);
  }

  /** Records a second, over the latest seconds. */
  ratePerSecond(nowMs: number): number {
    this.#look(nowMs);
    return this.#rate;
  }

  #look(nowMs: number): void {
    const pastMs = nowMs - this.#windowFromMs;
    if (pastMs < RATE_OVER_MS) return;
    // A window that ended long ago says nothing of now.
    this.#rate = (this.#windowRecords * 1_000) / pastMs;
    this.#windowFromMs = nowMs;
    this.#windowRecords = 0;
  }
}

/** What the sources of a node and their pullers are at: they write it, and operators read it. */
export class PullerLedger {
  readonly #accounts = new Map<string, PullerAccount>();
  readonly #sources = new Map<string, SourceAccount>();

  /** The account of a partition; the same one for each puller of it on this node. */
  of(source: string, partition: string): PullerAccount {
    const key = `${source}/${partition}`;
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account = new PullerAccount(source, partition);
    this.#accounts.set(key, account);
    return account;
  }

  /** A partition is not read here any more. */
  forget({ source, partition }: Pick<PullerAccount, "source" | "partition">): void {
    this.#accounts.delete(`${source}/${partition}`);
  }

  all(): readonly PullerAccount[] {
    return [...this.#accounts.values()];
  }

  /** The account of a source as a whole; the same one for each supervisor of it. */
  source(name: string): SourceAccount {
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const account = new SourceAccount(name);
    this.#sources.set(name, account);
    return account;
  }

  sources(): readonly SourceAccount[] {
    return [...this.#sources.values()];
  }
}
