import Type from "typebox";
import { defineProtocol } from "./protocol.ts";
import { local } from "./reference.ts";

/**
 * Where a block is in its life: records still come; everything is counted; something came late after that; what comes now is too late.
 */
export const BLOCK_LIVES = ["open", "final", "revised", "sealed"] as const;
export type BlockLife = (typeof BLOCK_LIVES)[number];

/** What all partitions together have counted in a block. */
export interface BlockSum {
  readonly total: number;
  readonly revisions: number;
  readonly partitions: number;
  readonly completeness: number;
  readonly watermarkMs: number | undefined;
}

/** What may be said to the counter of one metric in one block of 180 s. */
export const TimeBlockProtocol = defineProtocol({
  name: "timeBlock",
  version: 1,
  tell: {
    /** A partition has counted something in it. */
    touched: {},
  },
  self: {
    /** Time to add up what the partitions have. */
    sum: {},
    summed: { sum: local<BlockSum>() },
    /** Some partition could not be asked. */
    notSummed: { error: local<Error>() },
  },
  ask: {
    look: {
      request: {},
      reply: {
        block: {
          life: Type.Enum([...BLOCK_LIVES]),
          total: Type.Number(),
          rev: Type.Integer(),
          completeness: Type.Number(),
        },
      },
    },
  },
});
export type TimeBlockProtocol = typeof TimeBlockProtocol;
