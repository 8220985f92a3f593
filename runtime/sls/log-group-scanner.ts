import type { Row } from "../counting/row.ts";
import { GroupSpans } from "./group-spans.ts";
import { toNextGroup } from "./log-group-list.ts";
import { WantedFields } from "./wanted-fields.ts";
import { DamagedBytes, WireReader } from "./wire-reader.ts";

type Placed = { -readonly [Name in keyof Row]: Row[Name] };

/** A group that cannot be read, by its place in the list. When the list itself is cut there, all after it is missing too. */
export interface DamagedGroup {
  readonly group: number;
  readonly why: string;
}

/** What a scan has met. */
export interface ScanResult {
  /** Groups in the list, damaged ones included. */
  readonly groups: number;
  /** Logs that were visited. */
  readonly logs: number;
  readonly damaged: readonly DamagedGroup[];
}

/** Called for each log; `group` is the place of its group in the list. The row is the same object every time. */
export type VisitLog = (row: Row, group: number) => void;

/**
 * Finds the wanted fields of all logs of a pull in place: no text is made, and nothing is copied. `__topic__`,
 * `__source__` and `__tag__:<key>` are found in the group, unless a log has a field of that name itself. Of two fields
 * with one key the last counts. All logs of a group are visited, or none: a group is read to its end before.
 */
export class LogGroupScanner {
  readonly #spans: GroupSpans;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  constructor(fields: readonly string[]) {
    this.#spans = new GroupSpans(new WantedFields(fields));
    this.#starts = new Int32Array(fields.length);
    this.#ends = new Int32Array(fields.length);
  }

  /** Goes through a list of log groups, as a pull brings it. */
  scan(bytes: Uint8Array, visit: VisitLog): ScanResult {
    const reader = new WireReader(bytes);
    const row = { bytes, timeMs: 0, starts: this.#starts, ends: this.#ends };
    const damaged: DamagedGroup[] = [];
    let logs = 0;
    for (let group = 0; ; group++) {
      const found = this.#next(reader);
      if (found === "end") return { groups: group, logs, damaged };
      if (found === "read") logs += this.#visitAll(row, group, visit);
      else damaged.push({ group, why: found.message });
    }
  }

  #visitAll(row: Placed, group: number, visit: VisitLog): number {
    const spans = this.#spans;
    for (let log = 0; log < spans.count; log++) {
      row.timeMs = spans.timeMs(log);
      spans.place(log, row.starts, row.ends);
      visit(row, group);
    }
    return spans.count;
  }

  /** Reads the next group of the list, or says why it cannot be read and goes behind it. */
  #next(reader: WireReader): "read" | "end" | DamagedBytes {
    reader.end = reader.bytes.length;
    let end = reader.end;
    try {
      if (!toNextGroup(reader)) return "end";
      end = reader.enter();
      this.#spans.read(reader, end);
      return "read";
    } catch (error) {
      if (!(error instanceof DamagedBytes)) throw error;
      reader.at = end;
      return error;
    }
  }
}
