import Type from "typebox";
import { PARTITION_STATES } from "./partial.ts";
import type { Fields } from "./protocol.ts";

/** Where each partition of a log stands that this node reads. */
export const LogsFields = {
  node: Type.String(),
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
      failures: Type.Integer(),
      restarts: Type.Integer(),
      trouble: Type.Optional(Type.Object({ atMs: Type.Number(), code: Type.String(), text: Type.String() })),
    }),
  ),
} as const satisfies Fields;
