import { Packr } from "msgpackr";
import type { Reminder } from "../reminders/reminder.ts";
import type { PackedReminder, ReminderCodec } from "./reminder-codec.ts";

/** The state of an entity, what it has taken in, and its reminders, as data. */
export interface StoredState {
  /** The version of the data's shape. */
  readonly version: number;
  readonly data: unknown;
  /** The last number of each sender, the one heard of longest ago first. */
  readonly receipts: readonly (readonly [sender: string, seq: number])[];
  readonly reminders?: readonly Reminder[];
}

interface Packed {
  readonly v: number;
  readonly s: unknown;
  readonly r: StoredState["receipts"];
  readonly m?: readonly PackedReminder[];
}

/** Writes snapshots of entities and reads them back. */
export class SnapshotCodec {
  readonly #packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

  readonly #reminders: ReminderCodec | undefined;

  constructor(reminders?: ReminderCodec) {
    this.#reminders = reminders;
  }

  encode({ version, data, receipts, reminders = [] }: StoredState): Uint8Array {
    const packed: Packed = { v: version, s: data, r: receipts };
    if (reminders.length === 0) return this.#packr.pack(packed);
    const codec = this.#reminders;
    if (codec === undefined) throw new TypeError("nobody reads reminders");
    return this.#packr.pack({ ...packed, m: reminders.map((reminder) => codec.pack(reminder)) });
  }

  /** Undefined when the bytes are no snapshot. Never throws. */
  decode(bytes: Uint8Array): StoredState | undefined {
    try {
      return this.#open(this.#packr.unpack(bytes));
    } catch {
      return undefined;
    }
  }

  /** @throws TypeError when a reminder cannot be read */
  #open(packed: unknown): StoredState | undefined {
    if (typeof packed !== "object" || packed === null) return undefined;
    const { v, s, r, m } = packed as Partial<Packed>;
    if (!Number.isInteger(v) || v === undefined || !Array.isArray(r)) return undefined;
    if (m === undefined) return { version: v, data: s, receipts: r };
    const codec = this.#reminders;
    if (codec === undefined) throw new TypeError("the snapshot holds reminders, and nobody reads them");
    const reminders = m.map((each) => codec.unpack(each)).filter((reminder) => reminder !== undefined);
    return { version: v, data: s, receipts: r, reminders };
  }
}
