import { GROUP, LOG, PAIR } from "./log-group-fields.ts";
import { readPair } from "./pair.ts";
import type { Pair } from "./pair.ts";
import { standsAt } from "./wanted-fields.ts";
import type { WantedFields, WantedKey } from "./wanted-fields.ts";
import { DamagedBytes, type WireReader } from "./wire-reader.ts";

const LOGS_AT_FIRST = 1024;
/** Room for more logs than this is given back when it is not needed any more. */
const LOGS_KEPT = 65_536;
const MISSING = -1;

interface Usual {
  readonly keyStart: number;
  readonly valueStart: number;
  readonly end: number;
}

interface FoundPair {
  readonly pair: Pair;
  readonly keys: readonly WantedKey[];
  readonly bytes: Uint8Array;
}

/** Where the wanted fields of the logs of one group lie. Fields of the group itself often stand behind its logs. */
export class GroupSpans {
  /** How many logs the group has. */
  count = 0;
  readonly #wanted: WantedFields;
  /** Start and end of each field of each log. */
  #spans: Int32Array;
  #times: Float64Array;
  readonly #ofGroup: Int32Array;
  /** Where the spans of the log that is being read begin. */
  #base = 0;

  constructor(wanted: WantedFields) {
    this.#wanted = wanted;
    this.#ofGroup = new Int32Array(2 * wanted.count);
    this.#times = new Float64Array(LOGS_AT_FIRST);
    this.#spans = new Int32Array(LOGS_AT_FIRST * 2 * wanted.count);
  }

  /** Reads the group that goes from where the reader is to `end`. @throws DamagedBytes */
  read(reader: WireReader, end: number): void {
    if (this.#times.length > LOGS_KEPT) this.#resize(LOGS_AT_FIRST);
    this.count = 0;
    this.#ofGroup.fill(MISSING);
    reader.end = end;
    while (reader.at < end) {
      const tag = reader.varint();
      if (tag === GROUP.log) this.#readLog(reader);
      else if (tag === GROUP.topic) this.#noteGroup(this.#wanted.topicSlots, reader);
      else if (tag === GROUP.source) this.#noteGroup(this.#wanted.sourceSlots, reader);
      else if (tag === GROUP.tag) this.#readTag(reader);
      else reader.skip(tag);
    }
  }

  /** When a log happened, in milliseconds since 1970. */
  timeMs(log: number): number {
    return this.#times[log] as number;
  }

  /** Writes down where the fields of a log are. */
  place(log: number, starts: Int32Array, ends: Int32Array): void {
    const base = log * this.#ofGroup.length;
    for (let slot = 0; slot < starts.length; slot++) {
      const isOwn = (this.#spans[base + 2 * slot] as number) !== MISSING;
      const spans = isOwn ? this.#spans : this.#ofGroup;
      const at = (isOwn ? base : 0) + 2 * slot;
      starts[slot] = spans[at] as number;
      ends[slot] = spans[at + 1] as number;
    }
  }

  #readLog(reader: WireReader): void {
    const groupEnd = reader.end;
    const end = reader.enter();
    const log = this.count++;
    if (log === this.#times.length) this.#resize(2 * log);
    this.#base = log * this.#ofGroup.length;
    this.#spans.fill(MISSING, this.#base, this.#base + this.#ofGroup.length);
    reader.end = end;
    const seconds = this.#readLogFields(reader, end, log);
    if (seconds < 0) throw new DamagedBytes("a log has no time");
    reader.end = groupEnd;
  }

  #readLogFields(reader: WireReader, end: number, log: number): number {
    let seconds = -1;
    let nanoseconds = 0;
    while (reader.at < end) {
      this.#readUsualContents(reader, end);
      if (reader.at === end) break;
      const tag = reader.varint();
      if (tag === LOG.content) this.#readUnusual(reader);
      else if (tag === LOG.time) seconds = reader.varint();
      else if (tag === LOG.nanoseconds) nanoseconds = reader.fixed32();
      else reader.skip(tag);
    }
    this.#times[log] = seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
    return seconds;
  }

  /** Contents as everybody writes them, as many as come: a short key, then a value, then nothing. Nine tenths of the time go here. */
  #readUsualContents(reader: WireReader, logEnd: number): void {
    const { bytes } = reader;
    const wanted = this.#wanted.byLength;
    let { at } = reader;
    while (at < logEnd && bytes[at] === LOG.content) {
      let length = bytes[at + 1] as number;
      let start = at + 2;
      if (length > 127) {
        const second = bytes[start++] as number;
        if (second > 127) break;
        length += second * 128 - 128;
      }
      const end = start + length;
      const keyLength = bytes[start + 1] as number;
      if (end > logEnd || keyLength > 127 || bytes[start] !== PAIR.key) break;
      const valueStart = valueAfter(bytes, start + 2 + keyLength, end);
      if (valueStart < 0) break;
      const keys = wanted[keyLength];
      if (keys !== undefined) this.#noteUsual(bytes, keys, { keyStart: start + 2, valueStart, end });
      at = end;
    }
    reader.at = at;
  }

  #noteUsual(bytes: Uint8Array, keys: readonly WantedKey[], { keyStart, valueStart, end }: Usual): void {
    for (let index = 0; index < keys.length; index++) {
      const { slot, bytes: key } = keys[index] as WantedKey;
      if (standsAt(bytes, keyStart, key)) note(this.#spans, this.#base + 2 * slot, valueStart, end);
    }
  }

  #readUnusual(reader: WireReader): void {
    const pair = readPair(reader);
    const keys = this.#wanted.ofLogs(pair.keyEnd - pair.keyStart);
    this.#notePair(this.#spans, this.#base, { pair, keys, bytes: reader.bytes });
  }

  #readTag(reader: WireReader): void {
    const pair = readPair(reader);
    const keys = this.#wanted.ofTags(pair.keyEnd - pair.keyStart);
    this.#notePair(this.#ofGroup, 0, { pair, keys, bytes: reader.bytes });
  }

  #notePair(spans: Int32Array, base: number, { pair, keys, bytes }: FoundPair): void {
    for (const { slot, bytes: key } of keys) {
      if (standsAt(bytes, pair.keyStart, key)) note(spans, base + 2 * slot, pair.valueStart, pair.valueEnd);
    }
  }

  #noteGroup(slots: readonly number[], reader: WireReader): void {
    const end = reader.enter();
    for (const slot of slots) note(this.#ofGroup, 2 * slot, reader.at, end);
    reader.at = end;
  }

  #resize(logs: number): void {
    const spans = new Int32Array(logs * this.#ofGroup.length);
    const times = new Float64Array(logs);
    spans.set(this.#spans.subarray(0, spans.length));
    times.set(this.#times.subarray(0, logs));
    this.#spans = spans;
    this.#times = times;
  }
}

function note(spans: Int32Array, at: number, start: number, end: number): void {
  spans[at] = start;
  spans[at + 1] = end;
}

/** Where a value begins whose field stands at `at` and ends at `end`; -1 when nothing so simple stands there. */
function valueAfter(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== PAIR.value) return -1;
  const first = bytes[at + 1] as number;
  if (first < 128) return at + 2 + first === end ? at + 2 : -1;
  const second = bytes[at + 2] as number;
  if (second > 127) return -1;
  return at + 3 + (first & 127) + second * 128 === end ? at + 3 : -1;
}
