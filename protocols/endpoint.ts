import Type from "typebox";
import { defineProtocol } from "./protocol.ts";
import { local } from "./reference.ts";

/** How one try to deliver ended. `text` is for people and never holds a secret. */
export type Attempt =
  | { readonly kind: "delivered"; readonly text: string }
  /** Worth another try; not before `afterMs` where the receiver asked for time. */
  | { readonly kind: "failed"; readonly text: string; readonly afterMs?: number }
  /** The same would be answered again. */
  | { readonly kind: "rejected"; readonly text: string };

/** A receiver outside the system, such as somebody's webhook: it is told one thing after the other, in order. */
export const EndpointProtocol = defineProtocol({
  name: "endpoint",
  version: 1,
  ask: {
    /** Queues something; the same `id` again changes nothing while the first one waits. */
    deliver: {
      request: {
        /** The same at each try: by it the receiver knows what it has seen. */
        id: Type.String(),
        /** What happened: `alarm.raised`. */
        type: Type.String(),
        /** When it happened, in milliseconds since 1970. */
        atMs: Type.Number(),
        data: Type.Unknown(),
      },
      reply: {
        /** It leaves after `ahead` others. */
        queued: { ahead: Type.Integer() },
        refused: { code: Type.Literal("queueFull"), text: Type.String() },
      },
    },
  },
  self: {
    /** The time has come for the head of the queue. */
    tryNext: {},
    attempted: { serial: Type.Integer(), attempt: local<Attempt>() },
    tookTooLong: { serial: Type.Integer() },
  },
});
export type EndpointProtocol = typeof EndpointProtocol;
