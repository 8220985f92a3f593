import { Packr } from "msgpackr";
import type { Events } from "../../protocols/events.ts";
import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { ReminderChange } from "../reminders/reminder.ts";
import { packRequest, unpackRequest } from "./done-request.ts";
import type { DoneRequest, PackedRequest } from "./done-request.ts";
import { isLocalOnly } from "./message-codec.ts";
import type { PackedChange, ReminderCodec } from "./reminder-codec.ts";
import { upcast } from "./upcast.ts";
import { compileMessages } from "./validator.ts";
import type { Validate } from "./validator.ts";

/** That a sender's message with this number has been taken in, and with it all that it had sent before. */
export interface Receipt {
  readonly sender: string;
  readonly seq: number;
}

/** One step of an entity: what happened, which delivery or request it came from, and what it did to the entity's reminders. */
export interface StoredRecord {
  readonly events: readonly TaggedMessage[];
  readonly receipt?: Receipt;
  readonly request?: DoneRequest;
  readonly reminders?: readonly ReminderChange[];
}

/** A record from the journal in the present version of its events, or why it cannot be read. */
export type DecodedRecord =
  | { readonly ok: true; readonly record: StoredRecord }
  | { readonly ok: false; readonly text: string };

/** The bytes of a record: short names, because there are very many. */
interface Packed {
  /** The version of the events. */
  readonly v: number;
  readonly e: readonly TaggedMessage[];
  readonly r?: readonly [sender: string, seq: number];
  readonly q?: PackedRequest;
  readonly m?: readonly PackedChange[];
}

/** Writes the records of one kind of entity and reads them back, whatever version they were written in. */
export class RecordCodec {
  readonly #events: Events;
  readonly #reminders: ReminderCodec | undefined;
  readonly #validate: Validate<TaggedMessage>;
  readonly #packr = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

  /** @throws TypeError when an event has a field that means nothing outside of its process */
  constructor(events: Events, reminders?: ReminderCodec) {
    const local = Object.entries(events.events).find(([, fields]) => isLocalOnly(fields));
    if (local !== undefined) {
      throw new TypeError(`events ${events.name}: "${local[0]}" holds values of one process`);
    }
    this.#events = events;
    this.#reminders = reminders;
    this.#validate = compileMessages(events.events) as Validate<TaggedMessage>;
  }

  /** @throws TypeError for an event that could not be read back: that is a mistake in the code that decided it */
  encode({ events, receipt, request, reminders }: StoredRecord): Uint8Array {
    for (const event of events) {
      const checked = this.#validate(event);
      if (!checked.ok) {
        throw new TypeError(`events ${this.#events.name}: "${event.kind}" ${checked.field} ${checked.text}`);
      }
    }
    const packed: Packed = {
      v: this.#events.version,
      e: events,
      ...(receipt === undefined ? {} : { r: [receipt.sender, receipt.seq] }),
      ...(request === undefined ? {} : { q: packRequest(request) }),
      ...(reminders === undefined ? {} : { m: this.#packed(reminders) }),
    };
    return this.#packr.pack(packed);
  }

  /** Never throws: what cannot be read is told in words. */
  decode(bytes: Uint8Array): DecodedRecord {
    let packed: unknown;
    try {
      packed = this.#packr.unpack(bytes);
    } catch {
      return unreadable("the bytes are not valid msgpack");
    }
    if (!isPacked(packed)) return unreadable("the bytes are no record");
    const { name, version } = this.#events;
    if (packed.v > version) return unreadable(`${name} ${packed.v} is newer than ${version}`);
    try {
      return this.#open(packed);
    } catch (error) {
      return unreadable(String((error as Error).message));
    }
  }

  #packed(reminders: readonly ReminderChange[]): readonly PackedChange[] {
    const codec = this.#reminders;
    if (codec === undefined) throw new TypeError(`events ${this.#events.name}: nobody reads reminders`);
    return reminders.map((change) => codec.packChange(change));
  }

  /** @throws TypeError when a reminder cannot be read */
  #unpacked(changes: readonly PackedChange[]): readonly ReminderChange[] {
    const codec = this.#reminders;
    if (codec === undefined) throw new TypeError("the record holds reminders, and nobody reads them");
    return changes.map((change) => codec.unpackChange(change));
  }

  #open({ v, e, r, q, m }: Packed): DecodedRecord {
    const events: TaggedMessage[] = [];
    for (const written of e) {
      const lifted = upcast(this.#events, v, written);
      if (!lifted.ok && lifted.code === "retiredMessage") continue;
      if (!lifted.ok) return unreadable(lifted.text);
      const checked = this.#validate(lifted.message);
      if (!checked.ok) return unreadable(`"${lifted.message.kind}" ${checked.field} ${checked.text}`);
      events.push(checked.message);
    }
    return {
      ok: true,
      record: {
        events,
        ...(r === undefined ? {} : { receipt: { sender: r[0], seq: r[1] } }),
        ...(q === undefined ? {} : { request: unpackRequest(q) }),
        ...(m === undefined ? {} : { reminders: this.#unpacked(m) }),
      },
    };
  }
}

function isPacked(value: unknown): value is Packed {
  if (typeof value !== "object" || value === null) return false;
  const { v, e, r, m } = value as Partial<Packed>;
  if (!Number.isInteger(v) || !Array.isArray(e)) return false;
  if (m !== undefined && !(Array.isArray(m) && m.every((change) => Array.isArray(change)))) return false;
  const areEvents = e.every(
    (event: unknown) => typeof event === "object" && event !== null && "kind" in event,
  );
  return areEvents && (r === undefined || (Array.isArray(r) && typeof r[0] === "string"));
}

function unreadable(text: string): DecodedRecord {
  return { ok: false, text };
}
