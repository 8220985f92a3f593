import Type from "typebox";
import type { Fields } from "./protocol.ts";

const standing = Type.Enum(["running", "moving", "nowhere"], {
  description: "running: a node has it; moving: it comes to a node now; nowhere: no node takes it",
});

/** The actors of which the cluster has one each, and where they are. */
export const SingletonsFields = {
  singletons: Type.Array(
    Type.Object({
      type: Type.String(),
      address: Type.String({ description: "where it is reached, such as entity:node-watch/only" }),
      standing,
      node: Type.Optional(Type.String({ description: "the node that has it, or gets it" })),
      incarnation: Type.Optional(Type.String()),
      ownerEpoch: Type.Optional(Type.Number({ description: "its fencing number" })),
    }),
  ),
} as const satisfies Fields;

/** Under which key of the registry is looked. */
export const RegistryQueryFields = {
  key: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "whom the whole cluster has under this key; unless given, what this node has registered",
    }),
  ),
} as const satisfies Fields;

/** Who is registered. */
export const RegistryFields = {
  keys: Type.Array(
    Type.Object({
      key: Type.String(),
      members: Type.Array(Type.String({ description: "the address of an actor" })),
    }),
  ),
} as const satisfies Fields;
