import type { Protocol } from "../../protocols/protocol.ts";
import type { ActorRef, Verdict } from "../actor/actor-ref.ts";
import type { FaultCode } from "../fault.ts";
import { isDraining } from "./drain.ts";
import { LocalRef } from "./local-ref.ts";

/** Why a question did not get into a mailbox. */
export type AskVerdict = Exclude<Verdict, "accepted"> | "cycle";

const FAULT_OF = { busy: "mailboxFull", gone: "actorGone", cycle: "askCycle" } as const;

/** The fault that ends a question which did not get into a mailbox. */
export function refusalOf(verdict: AskVerdict, to: ActorRef<Protocol>): FaultCode {
  if (verdict === "busy" && to instanceof LocalRef && isDraining(to.cell)) return "actorDraining";
  return FAULT_OF[verdict];
}
