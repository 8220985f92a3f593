import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";
import type { ActorRef } from "../../runtime/actor/actor-ref.ts";
import { Fault } from "../../runtime/fault.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import { LogRecord } from "./log-record.ts";

/** The context of a route's handler among probes, at a time that the test sets. */
export function routeContext(log = new LogRecord()): RouteContext & { nowMs: number } {
  const context = {
    nowMs: 1_700_000_000_000,
    log,
    random: () => 0.5,
    wallMs: () => context.nowMs,
    tell: (to: AnyReference, message: TaggedMessage) =>
      (to as ActorRef<Protocol>).deliver(message, undefined),
    ask: (to: AnyReference, message: TaggedMessage) =>
      new Promise<TaggedMessage>((answer, refuse) => {
        const verdict = (to as ActorRef<Protocol>).deliver(message, { from: undefined, answer, refuse });
        const code = verdict === "busy" ? "mailboxFull" : "actorGone";
        if (verdict !== "accepted") refuse(new Fault(code, { to: to.address }));
      }),
  };
  return context as unknown as RouteContext & { nowMs: number };
}
