import Type from "typebox";
import { PARTITION_STATES } from "./partial.ts";
import type { Fields } from "./protocol.ts";

const Trouble = Type.Object({ atMs: Type.Number(), code: Type.String(), text: Type.String() });

/** Where each log stands that the nodes read, and each part of it. */
export const LogsFields = {
  node: Type.String({ description: "who answers" }),
  nodes: Type.Array(
    Type.Object({
      node: Type.String(),
      silence: Type.Optional(Type.String({ description: "why it has not answered" })),
      sources: Type.Array(
        Type.Object({
          source: Type.String(),
          partitions: Type.Optional(
            Type.Integer({ description: "how many parts it has; absent until it could be listed" }),
          ),
          group: Type.Optional(
            Type.Object(
              {
                name: Type.String(),
                consumer: Type.String({ description: "by which name this node is known in it" }),
                isMember: Type.Boolean({ description: "false while it holds no lease, and reads nothing" }),
                held: Type.Array(Type.String(), {
                  description: "the parts that the group has given to this node",
                }),
              },
              { description: "where the log is shared with other consumers" },
            ),
          ),
          trouble: Type.Optional(Trouble),
        }),
      ),
      pullers: Type.Array(
        Type.Object({
          source: Type.String(),
          partition: Type.String(),
          state: Type.Enum([...PARTITION_STATES]),
          cursor: Type.Optional(Type.String({ description: "up to where it is counted" })),
          step: Type.String({ description: "what the puller is at" }),
          lagMs: Type.Number({ description: "how far it is behind its log, in milliseconds" }),
          ratePerSecond: Type.Number({ description: "records a second, over the latest five seconds" }),
          records: Type.Integer({ description: "since it began on this node; and so are the others" }),
          batches: Type.Integer(),
          bytes: Type.Integer(),
          unparsable: Type.Integer(),
          quarantined: Type.Integer(),
          gaps: Type.Integer({ description: "how often records were gone before they were read" }),
          lost: Type.Integer({ description: "how many that were, as far as it is known" }),
          handedOver: Type.Integer({
            description: "groups of records that another consumer of the group has read",
          }),
          failures: Type.Integer(),
          restarts: Type.Integer(),
          trouble: Type.Optional(Trouble),
        }),
      ),
    }),
  ),
} as const satisfies Fields;
