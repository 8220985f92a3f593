import { Packr } from "msgpackr";
import { packRequest, unpackRequest } from "./done-request.ts";
import type { DoneRequest, PackedRequest } from "./done-request.ts";
import type { Reminder } from "../reminders/reminder.ts";
import type { PackedReminder, ReminderCodec } from "./reminder-codec.ts";

/** The state of an entity, what it has taken in, and its reminders, as data. */
export interface StoredState {
  /** The version of the data's shape. */
  readonly version: number;
  readonly data: unknown;
  /** The last number of each sender, the one heard of longest ago first. */
  readonly receipts: readonly (readonly [sender: string, seq: number])[];
  /** Those that it would know again, the oldest first. */
  readonly requests?: readonly DoneRequest[];
  readonly reminders?: readonly Reminder[];
}

interface Packed {
  readonly v: number;
  readonly s: unknown;
  readonly r: StoredState["receipts"];
  readonly q?: readonly PackedRequest[];
  readonly m?: readonly PackedReminder[];
}

/** Writes snapshots of entities and reads them back. */
export class SnapshotCodec {
  readonly #packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

  readonly #reminders: ReminderCodec | undefined;

  constructor(reminders?: ReminderCodec) {
    this.#reminders = reminders;
  }

  encode({ version, data, receipts, requests = [], reminders = [] }: StoredState): Uint8Array {
    const known = requests.length === 0 ? {} : { q: requests.map((request) => packRequest(request)) };
    const packed: Packed = { v: version, s: data, r: receipts, ...known };
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

  /** @throws TypeError when a request or a reminder cannot be read */
  #open(packed: unknown): StoredState | undefined {
    if (typeof packed !== "object" || packed === null) return undefined;
    const { v, s, r, q, m } = packed as Partial<Packed>;
    if (!Number.isInteger(v) || v === undefined || !Array.isArray(r)) return undefined;
    const known = q === undefined ? {} : { requests: q.map((request) => unpackRequest(request)) };
    const state = { version: v, data: s, receipts: r, ...known };
    if (m === undefined) return state;
    const codec = this.#reminders;
    if (codec === undefined) throw new TypeError("the snapshot holds reminders, and nobody reads them");
    const reminders = m.map((each) => codec.unpack(each)).filter((reminder) => reminder !== undefined);
    return { ...state, reminders };
  }
}
