import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk } from "../actor/actor-ref.ts";
import type { AnyDecision } from "../actor/define-entity.ts";
import type { DoneRequest, RequestName } from "../codec/done-request.ts";
import type { StoredRecord } from "../codec/record-codec.ts";
import { referencePlan } from "../codec/reference-plan.ts";
import { TAKEN } from "../codec/travel-codec.ts";
import { Fault } from "../fault.ts";
import { entityText } from "../persistence/entity-address.ts";
import { RECORD_BYTES_MAX } from "../persistence/journal-limits.ts";
import type { Effect } from "./after-notes.ts";
import type { Place } from "./place.ts";
import { REPLY_BYTES_MAX, replyBytes } from "./requests.ts";

/** Ends a request that was carried out before as it ended then, or says why not. */
export function answerAgain(
  { address }: Place,
  ask: OpenAsk | undefined,
  { done, again }: { readonly done: DoneRequest; readonly again: RequestName },
): Effect {
  const what = { entity: entityText(address), request: again.name };
  if (done.digest !== again.digest) return () => ask?.refuse(new Fault("requestDiffers", what));
  const { reply } = done;
  if (reply === undefined) return () => ask?.refuse(new Fault("answerNotKept", what));
  return () => ask?.answer(reply);
}

/** Whoever requests what has no answer is told that it was taken in. Pure. */
export function answered(decision: AnyDecision, protocol: Protocol, kind: string): AnyDecision {
  return Object.hasOwn(protocol.tell, kind) ? { ...decision, reply: { kind: TAKEN } } : decision;
}

/** Whether a decision would do something a second time if it were made again. Pure. */
export function isOfEffect({ events = [], reminders = [], after }: AnyDecision): boolean {
  return events.length > 0 || reminders.length > 0 || after !== undefined;
}

/** The record of a request with its answer in it, if that can be kept; any other record as it is. Pure. */
export function withReply(
  record: StoredRecord,
  reply: TaggedMessage | undefined,
  { protocol, bytes }: { readonly protocol: Protocol; readonly bytes: number },
): StoredRecord {
  const { request } = record;
  if (request === undefined || reply === undefined) return record;
  const isData = reply.kind === TAKEN || holdsData(protocol, reply);
  // Beside the answer itself a record takes what separates it from the rest.
  const hasRoom = bytes + REPLY_BYTES_MAX < RECORD_BYTES_MAX;
  if (!isData || !hasRoom || replyBytes(reply) > REPLY_BYTES_MAX) return record;
  return { ...record, request: { ...request, reply } };
}

/** Whether an answer means the same to whoever reads it later. */
function holdsData({ ask }: Protocol, { kind }: TaggedMessage): boolean {
  return Object.values(ask).every(({ reply }) => {
    const plan = referencePlan(reply[kind] ?? {});
    return !plan.isLocal && plan.fields.size === 0;
  });
}
