import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import { Fault } from "../fault.ts";

/** What a receiver does for each kind of message; the kinds and their fields were checked where the table was written. */
type Tells<Receiver> = Readonly<Record<string, (receiver: Receiver, message: never) => void>>;

/** Lets a receiver that is no actor take a message at once. */
export function receive<Receiver extends { readonly address: string }>(
  receiver: Receiver,
  tells: Tells<Receiver>,
  message: TaggedMessage,
  ask: OpenAsk | undefined,
): Verdict {
  const take = tells[message.kind];
  if (take === undefined || ask !== undefined) {
    ask?.refuse(new Fault("unhandledKind", { kind: message.kind, address: receiver.address }));
    return "gone";
  }
  take(receiver, message as never);
  return "accepted";
}
