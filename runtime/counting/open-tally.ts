import { FATES } from "./account.ts";
import { FUTURE_MS, LATE_MS } from "./batch-time.ts";
import { blockOf } from "./cells.ts";
import { Counts } from "./counts.ts";
import { readTally } from "./tally.ts";
import type { TallyContent } from "./tally.ts";

/** No batch has so many records of one fate. */
const RECORDS_MAX = 2 ** 32;
/** No log takes in anything in later years: the year 9999. */
const TIME_MAX_MS = 253_402_300_800_000;

/** A tally down to its last number. */
export interface OpenTally extends Omit<TallyContent, "counts"> {
  readonly counts: Counts;
}

/**
 * Reads all of a tally, so that whoever has it can add it to any counts, store those and read them again. Pure.
 * @throws RangeError for bytes that are none, or say what no tally says
 */
export function openTally(bytes: Uint8Array): OpenTally {
  const { counts: encoded, ...head } = readTally(bytes);
  const { nowMs, latestMs, account } = head;
  if (nowMs > TIME_MAX_MS) throw new RangeError("the tally is of a time that does not come");
  if (latestMs !== undefined && latestMs > nowMs + FUTURE_MS) {
    throw new RangeError("records are further in the future than is counted");
  }
  if (FATES.some((fate) => account[fate] > RECORDS_MAX)) throw new RangeError("no batch has so many records");
  const counts = Counts.decode(encoded);
  const from = blockOf(Math.max(0, nowMs - LATE_MS));
  const to = blockOf(nowMs + FUTURE_MS);
  for (const [metric, numbers] of counts.blocks()) {
    const outside = numbers.find((number) => number < from || number > to);
    if (outside !== undefined) throw new RangeError(`${metric}: block ${outside} is not within the batch`);
  }
  counts.unpack();
  return { ...head, counts };
}

/** Opens tallies one after the other, and the latest not again: it is looked at before it is stored, when it is added and after that. */
export class TallyOpener {
  #bytes: Uint8Array | undefined;
  #open: OpenTally | undefined;

  /** @throws RangeError for bytes that are no tally */
  open(bytes: Uint8Array): OpenTally {
    if (this.#open === undefined || this.#bytes !== bytes) {
      this.#open = openTally(bytes);
      this.#bytes = bytes;
    }
    return this.#open;
  }

  /** Its counts take memory as long as it is remembered. */
  forget(): void {
    this.#bytes = undefined;
    this.#open = undefined;
  }
}
