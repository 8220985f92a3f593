import Type from "typebox";
import { defineProtocol } from "./protocol.ts";

/** The operators' side of a node, as the other nodes of its cluster reach it: whoever looks at one of them can look at all. */
export const OpsProtocol = defineProtocol({
  name: "ops",
  version: 1,
  ask: {
    /** What the operators' port of this node would answer to a `GET`. */
    look: {
      request: { target: Type.String({ minLength: 1, maxLength: 8_192 }) },
      reply: { seen: { status: Type.Integer(), json: Type.String() } },
    },
  },
});
export type OpsProtocol = typeof OpsProtocol;
