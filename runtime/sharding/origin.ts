import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Fault } from "../fault.ts";
import type { DoneRequest } from "../codec/done-request.ts";
import type { Receipt, StoredRecord } from "../codec/record-codec.ts";
import { firedBy } from "../reminders/reminder.ts";
import type { Firing } from "../reminders/reminder.ts";

/** A message that was delivered with a receipt: it has no second effect, however often it comes. */
export interface Delivery {
  readonly receipt: Receipt;
  /** Called when the message has been taken in for good, also when that was earlier; or with why it never will be. */
  readonly acknowledge: (refused?: Fault) => void;
}

/** What a decision comes from that is to be stored also when nothing happens by it: a delivery, a request, or a reminder. */
export interface Origin {
  readonly delivery?: Delivery;
  readonly request?: DoneRequest;
  readonly firing?: Firing;
}

/** What a decision has stored, apart from what it says of reminders itself. Pure. */
export function recordOf(
  events: readonly TaggedMessage[],
  { delivery, request, firing }: Origin,
): StoredRecord {
  return {
    events,
    ...(delivery === undefined ? {} : { receipt: delivery.receipt }),
    ...(request === undefined ? {} : { request }),
    ...(firing === undefined ? {} : { reminders: [firedBy(firing)] }),
  };
}
