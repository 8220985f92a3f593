import { newAccount, note, readAccount, writeAccount } from "./account.ts";
import type { Account } from "./account.ts";
import { BatchTime } from "./batch-time.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { Counts } from "./counts.ts";
import type { MetricSet } from "./metric-set.ts";
import { MetricTally } from "./metric-tally.ts";
import type { Row } from "./row.ts";

/** A tally that is larger is refused, so that it fits into one record of a journal, in bytes. */
export const TALLY_BYTES_MAX = 786_432;
const VERSION = 1;

/** What a tally says, for whoever adds it to what was counted before. */
export interface TallyContent {
  readonly account: Account;
  /** When the log took in the end of the batch. */
  readonly nowMs: number;
  /** How far its records have come; undefined when none was counted. */
  readonly latestMs: number | undefined;
  /** The counts, as bytes that `Counts` reads. */
  readonly counts: Uint8Array;
}

/** Counts the rows of one batch after the other. It keeps its tables from batch to batch, and nothing of what was in them. */
export class Tally {
  /** The fields that a reader has to find in each log, in the order of the row's spans. */
  readonly fields: readonly string[];
  readonly #metrics: readonly MetricTally[];
  readonly #time = new BatchTime();
  #account = newAccount();

  constructor({ fields, metrics, isMeant }: MetricSet) {
    this.fields = fields;
    const column = (field: string): number => fields.indexOf(field);
    this.#metrics = metrics.map((definition) => new MetricTally(definition, column, isMeant));
    this.begin(0);
  }

  /** How many records were read so far in this batch. */
  get read(): number {
    return this.#account.read;
  }

  /** Forgets everything. @param nowMs when the log took in the end of the batch, by which it is judged what is too late and what cannot be */
  begin(nowMs: number): void {
    this.#account = newAccount();
    this.#time.begin(nowMs);
    for (const metric of this.#metrics) metric.clear();
  }

  add(row: Row): void {
    const place = this.#time.place(row.timeMs);
    if (typeof place === "string") return note(this.#account, place);
    note(this.#account, "counted");
    for (const metric of this.#metrics) metric.add(row, place);
  }

  addUnparsable(count: number): void {
    note(this.#account, "unparsable", count);
  }

  addQuarantined(count: number): void {
    note(this.#account, "quarantined", count);
  }

  addDuplicate(count: number): void {
    note(this.#account, "duplicate", count);
  }

  addTooLate(count: number): void {
    note(this.#account, "tooLate", count);
  }

  /** What was counted since `begin`: the same rows always give the same bytes. */
  encode(): Uint8Array {
    const counts = new Counts();
    for (const metric of this.#metrics) metric.pourInto(counts, this.#time.firstBlock);
    const writer = new ByteWriter();
    writer.byte(VERSION);
    writer.whole(Math.max(0, Math.floor(this.#time.nowMs)));
    writer.whole(this.#time.latestMs ?? 0);
    writeAccount(writer, this.#account);
    writer.raw(counts.encode());
    return writer.done();
  }
}

/** Reads what `Tally.encode` has written. @throws RangeError for bytes that are none */
export function readTally(bytes: Uint8Array): TallyContent {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== VERSION) throw new RangeError(`a tally of version ${version} is not known`);
  const nowMs = reader.whole();
  const latestMs = reader.whole();
  return {
    nowMs,
    latestMs: latestMs === 0 ? undefined : latestMs,
    account: readAccount(reader),
    counts: reader.raw(),
  };
}
