import Type from "typebox";
import { defineProtocol } from "../../protocols/protocol.ts";

/** The protocol that the type tests talk about. */
export const GreeterProtocol = defineProtocol({
  name: "greeter",
  version: 1,
  tell: { wave: { to: Type.String() } },
  ask: {
    greet: {
      request: { name: Type.String() },
      reply: { greeted: { text: Type.String() }, refused: { reason: Type.Enum(["busy", "shy"]) } },
    },
    count: { request: {}, reply: { counted: { greetings: Type.Integer() } } },
  },
  self: { rested: { afterMs: Type.Number() } },
});
export type GreeterProtocol = typeof GreeterProtocol;

/** A protocol that differs in its name alone. */
export const PorterProtocol = defineProtocol({
  name: "porter",
  version: 1,
  tell: { wave: { to: Type.String() } },
});
export type PorterProtocol = typeof PorterProtocol;
