import Type from "typebox";
import type { ListenerProtocol } from "./listener.ts";
import { NAME_RULE } from "./patterns.ts";
import { defineProtocol } from "./protocol.ts";
import type { Fields } from "./protocol.ts";
import { local, reference } from "./reference.ts";

const unknownListener = { text: Type.String() };

/** Under which key of the registry the gateways of all nodes are found. */
export const GATEWAYS_KEY = "gateways";

/** What an operator says to everybody who is connected. */
export const NOTICE_FIELDS = {
  /** The name of a listener; all of them unless given. */
  listener: Type.Optional(Type.String()),
  from: Type.String(NAME_RULE),
  data: Type.Unknown(),
} as const satisfies Fields;

/** Which listeners passed a notice on. */
export const NOTIFIED_FIELDS = { listeners: Type.Array(Type.String()) } as const satisfies Fields;

type Notified =
  | { readonly kind: "notified"; readonly listeners: string[] }
  | { readonly kind: "unknownListener"; readonly text: string };

/** What may be said to the gateway: the parent of all listeners. */
export const GatewayProtocol = defineProtocol({
  name: "gateway",
  version: 1,
  ask: {
    /** Sends a notice to every connection of one listener, or of all, on every node. */
    notify: {
      request: {
        ...NOTICE_FIELDS,
        /** Another gateway passes it on to the other nodes. */
        isOnlyHere: Type.Optional(Type.Boolean()),
      },
      reply: { notified: NOTIFIED_FIELDS, unknownListener },
    },
    /** Finds a listener by its name. */
    find: {
      request: { listener: Type.String() },
      reply: { found: { listener: reference<ListenerProtocol>() }, unknownListener },
    },
    /** Takes no more connections and ends those that are open, spread over `withinMs`. Answered when none is left. */
    drain: {
      request: { withinMs: Type.Number({ minimum: 0 }) },
      reply: { drained: { connections: Type.Integer() } },
    },
  },
  self: {
    /** The other gateways have been told; `answer` waits for that. */
    othersNotified: {
      answer: local<{ reply(notified: Notified): void }>(),
      notified: local<Notified>(),
    },
    /** All listeners have ended their connections, or had their time. */
    listenersDrained: { drain: Type.Integer(), connections: Type.Integer() },
  },
});
export type GatewayProtocol = typeof GatewayProtocol;
