import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import type { InboxEntry } from "./inboxes.ts";

/** An entry of an inbox that could not be read, put aside for operators. */
export interface QuarantinedEntry extends InboxEntry {
  readonly why: string;
  readonly atMs: number;
}

/** Entries that are kept, the latest; of a longer one only the beginning. */
const ENTRIES_MAX = 100;
const ENTRY_BYTES_MAX = 4096;

/** Keeps what came and could not be read, so that somebody can look at it; it holds up nobody. */
export class Quarantine {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #entries: QuarantinedEntry[] = [];

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The latest, the oldest first. */
  get entries(): readonly QuarantinedEntry[] {
    return this.#entries;
  }

  add({ id, bytes }: InboxEntry, why: string): void {
    // A copy: the rest of what came with it is not kept in memory.
    const kept = Buffer.from(bytes.subarray(0, ENTRY_BYTES_MAX));
    this.#entries.push({ id, bytes: kept, why, atMs: this.#clock.wallMs() });
    if (this.#entries.length > ENTRIES_MAX) this.#entries.shift();
    this.#log.error("transport.quarantined", { id, why, bytes: bytes.length });
  }
}
