import { TimeBlockProtocol } from "../../protocols/time-block.ts";
import type { BlockLife, BlockSum } from "../../protocols/time-block.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { LATE_MS } from "../../runtime/counting/batch-time.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import { completeness, overall } from "../../runtime/counting/watermark.ts";
import { parseEntityText } from "../../runtime/persistence/entity-address.ts";
import { eachCounted } from "./ask-partials.ts";
import type { CountedPlaces } from "./ask-partials.ts";
import { parseTimeBlockId } from "./time-block-id.ts";
import type { TimeBlockName } from "./time-block-id.ts";

/** How often an open block is added up while something comes, in milliseconds; each partition that has to be asked adds to it. */
const SUM_EVERY_MS = 1_000;
const SUM_PER_PARTITION_MS = 50;
/** How often it is looked whether an open block is final, while nothing comes, in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** How long a block stays in memory after it was final, in milliseconds: most of what is late is late by little. */
const LINGER_MS = 300_000;
/** One in which nothing has happened for so long ends although it is open, in milliseconds: a reader that is silent may be so for a day, and each open block asks all partitions. */
const QUIET_MAX_MS = 900_000;

interface TimeBlockState {
  readonly name: TimeBlockName;
  readonly places: CountedPlaces;
  life: BlockLife;
  sum: BlockSum | undefined;
  isSumming: boolean;
  /** Something came since it was added up, which it soon is. */
  isTouched: boolean;
  /** When it was final for the first time, by the clock that never jumps. */
  finalAtMs: number | undefined;
  /** When something came last, by the same clock. */
  touchedAtMs: number;
}

type BlockContext = Context<TimeBlockProtocol>;

/**
 * One metric in one block of 180 s, summed over all partitions: open, then final once everything is counted, then revised by what comes late, then sealed. It stores nothing: what
 * it knows is what the partitions have, so it may end and begin again anywhere.
 */
export const TimeBlock = defineActor({
  protocol: TimeBlockProtocol,
  type: "time-block",
  initialState(places: CountedPlaces, context): TimeBlockState {
    const { id = "" } = parseEntityText(context.self.address) ?? {};
    const name = parseTimeBlockId(id);
    if (name === undefined) throw new RangeError(`${id} is no time block`);
    context.startTimer("sum", 0, { kind: "sum" });
    return {
      name,
      places,
      life: "open",
      sum: undefined,
      isSumming: false,
      isTouched: false,
      finalAtMs: undefined,
      touchedAtMs: context.nowMs(),
    };
  },
  handlers: {
    touched(state, _message, context) {
      state.touchedAtMs = context.nowMs();
      if (state.isTouched) return;
      state.isTouched = true;
      if (!state.isSumming) sumSoon(state, context);
    },
    sum(state, _message, context) {
      if (state.isSumming) return;
      if (isOver(state, context.nowMs())) return context.stopSelf();
      state.isSumming = true;
      state.isTouched = false;
      context.pipeToSelf(sumOf(state, context), (outcome) =>
        outcome.ok ? { kind: "summed", sum: outcome.value } : { kind: "notSummed", error: outcome.error },
      );
    },
    summed(state, { sum }, context) {
      state.isSumming = false;
      state.sum = sum;
      state.life = lifeOf(state.name, sum);
      if (state.life !== "open") state.finalAtMs ??= context.nowMs();
      if (state.isTouched) sumSoon(state, context);
      else context.startTimer("sum", LOOK_EVERY_MS, { kind: "sum" });
    },
    notSummed(state, _message, context) {
      state.isSumming = false;
      context.startTimer("sum", LOOK_EVERY_MS, { kind: "sum" });
    },
    look({ life, sum }, _message, context) {
      const { total = 0, revisions: rev = 0, completeness: share = 0 } = sum ?? {};
      context.reply({ kind: "block", life, total, rev, completeness: share });
    },
  },
  describe: ({ name, life, sum }) => ({ ...name, life, ...sum }),
});

function isOver({ finalAtMs, touchedAtMs }: TimeBlockState, nowMs: number): boolean {
  const hasLingered = finalAtMs !== undefined && nowMs - finalAtMs > LINGER_MS;
  return hasLingered || nowMs - touchedAtMs > QUIET_MAX_MS;
}

function sumSoon({ sum }: TimeBlockState, context: BlockContext): void {
  const delayMs = Math.max(SUM_EVERY_MS, (sum?.partitions ?? 0) * SUM_PER_PARTITION_MS);
  context.startTimer("sum", delayMs, { kind: "sum" });
}

async function sumOf({ name, places }: TimeBlockState, context: BlockContext): Promise<BlockSum> {
  const fromMs = name.block * BLOCK_MS;
  const toMs = fromMs + BLOCK_MS;
  const nowMs = context.wallMs();
  const wanted = { metric: name.metric, fromMs, toMs, nowMs };
  let total = 0;
  let revisions = 0;
  const partitions = await eachCounted({ places, wanted, context }, (part) =>
    part.forEachBlock(name.metric, (_number, block) => {
      revisions += block.revisions;
      for (const series of block.series.values()) total += series.total;
    }),
  );
  return {
    total,
    revisions,
    partitions: partitions.length,
    completeness: completeness(partitions, toMs, nowMs),
    watermarkMs: overall(partitions, nowMs),
  };
}

/** Where a block is in its life. Pure. */
export function lifeOf({ block }: TimeBlockName, { watermarkMs, revisions }: BlockSum): BlockLife {
  const endMs = (block + 1) * BLOCK_MS;
  if (watermarkMs === undefined || watermarkMs < endMs) return "open";
  if (watermarkMs >= endMs + LATE_MS) return "sealed";
  return revisions > 0 ? "revised" : "final";
}
