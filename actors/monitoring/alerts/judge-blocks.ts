import type { AlertRuleProtocol, BlockFact } from "../../../protocols/alert-rule.ts";
import type { AlertRule, AlertSettings } from "../../../protocols/alert-settings.ts";
import type { Reference } from "../../../protocols/reference.ts";
import { endOfBlock, isOn } from "../../../runtime/alerting/alert-state.ts";
import { BlockMemory } from "../../../runtime/alerting/block-memory.ts";
import { factOf } from "../../../runtime/alerting/facts.ts";
import { readinessOf } from "../../../runtime/alerting/readiness.ts";
import type { Progress } from "../../../runtime/alerting/readiness.ts";
import { blockOf } from "../../../runtime/counting/cells.ts";
import { behind } from "../../../runtime/counting/watermark.ts";
import type { Context } from "../../../runtime/actor/context.ts";
import type { AlertWatchProtocol } from "../../../protocols/alert-watch.ts";
import { passOverFault } from "../../../runtime/fault.ts";
import type { EntityType } from "../../../runtime/sharding/entity-type.ts";
import { CountedRules } from "./counted-rules.ts";
import type { CountedMetrics } from "./counted-rules.ts";
import type { Standing } from "./standing.ts";

/** A new rule begins so many blocks ago, if something was counted then: what is wrong already is told at once. An hour. */
const LOOK_BACK_BLOCKS = 20;
/** Blocks that are judged at once; a rule that stood still for longer leaves out what is older. A day. */
const JUDGED_MAX = 480;
/** What a new baseline learns of the past is asked for in such parts: a day, four weeks long. */
const LEARN_BLOCKS = 480;
const LEARN_PARTS = 28;

/** What rules are judged with. */
export interface AlertSource {
  readonly stats: CountedMetrics;
  readonly settings: AlertSettings;
  readonly alerts: EntityType<AlertRuleProtocol>;
}

/** A rule, and how its alert stands. */
export interface RuleStanding {
  readonly rule: AlertRule;
  readonly standing: Standing;
}

/** The same after it had to judge what has passed. */
interface Judged {
  readonly standing: Standing;
  /** The partitions that it waits for. */
  readonly heldBy?: readonly string[];
}

/** What came of one look at all rules. */
export interface Looked {
  readonly seen: readonly RuleStanding[];
  /** The rules whose alerts did not answer. */
  readonly silent: readonly string[];
  /** The partitions that some rule waits for. */
  readonly heldBy: readonly string[];
  /** What failed first, if anything did. */
  readonly error: Error | undefined;
}

type Asking = Pick<Context<AlertWatchProtocol>, "ask" | "wallMs" | "beat">;
type Passed = Pick<BlockFact, "block" | "completeness">;

interface Learning {
  /** The first block that is judged. */
  readonly begin: number;
  readonly counted: CountedRules;
}

/** Has all rules judge the blocks that have passed, each in the order of its blocks. */
export class BlockJudge {
  readonly #source: AlertSource;
  /** In which block rules were seen first that have judged nothing yet. */
  readonly #seen = new Map<string, number>();

  constructor(source: AlertSource) {
    this.#source = source;
  }

  /** Where the alert of a rule is reached. */
  readonly alertOf = (rule: string): Reference<AlertRuleProtocol> => this.#source.alerts.entity(rule);

  /** How all alerts stand after one look. Where one does not answer, all others go on; where a partition does not, all that have to judge wait for the next look: a sum without it would be wrong. */
  async look(context: Asking): Promise<Looked> {
    const { rules } = this.#source.settings;
    const counted = new CountedRules(this.#source.stats, context);
    const errors: Error[] = [];
    const failed = (error: unknown): void => {
      errors.push(error instanceof Error ? error : new Error(String(error)));
    };
    const looked = rules.map(async (rule): Promise<(Judged & RuleStanding) | undefined> => {
      const standing = await this.#standingOf(rule, context).catch(failed);
      if (standing === undefined) return undefined;
      const judged = await this.#judge({ rule, standing }, counted, context).catch(failed);
      return { rule, ...(judged ?? { standing }) };
    });
    const seen = (await Promise.all(looked)).filter((one) => one !== undefined);
    const heldBy = [...new Set(seen.flatMap((one) => one.heldBy ?? []))];
    const answered = new Set(seen.map(({ rule }) => rule.name));
    const silent = rules.map(({ name }) => name).filter((name) => !answered.has(name));
    return { seen, silent, heldBy, error: errors[0] };
  }

  async #standingOf(rule: AlertRule, context: Asking): Promise<Standing> {
    const { kind: _, ...standing } = await context.ask(this.alertOf(rule.name), { kind: "look" });
    return standing;
  }

  async #judge({ rule, standing }: RuleStanding, counted: CountedRules, context: Asking): Promise<Judged> {
    const nowMs = context.wallMs();
    const begin = standing.next ?? (await this.#beginOf(rule, counted, nowMs));
    const next = Math.max(begin, blockOf(nowMs) - JUDGED_MAX);
    if (endOfBlock(next) > nowMs) return { standing };
    const partitions = await counted.awaitedBy(rule);
    const passed = passedFrom(next, rule, { partitions, nowMs });
    if (passed.length === 0) {
      return { standing: { ...standing, next }, heldBy: behind(partitions, endOfBlock(next), nowMs) };
    }
    const sums = await counted.sumsOf(rule, { from: next, to: next + passed.length });
    context.beat(rule.name);
    const facts = passed.map((at) => factOf(rule, sums, at));
    if (standing.next === undefined && rule.kind === "baseline") {
      await this.#learn(rule, { begin, counted }, context);
    }
    const asked = { kind: "judge", rule, zone: this.#source.settings.zone, facts } as const;
    const reply = await context.ask(this.alertOf(rule.name), asked);
    if (reply.kind === "moved") return { standing: { ...standing, next: reply.next } };
    const { kind: _, ...judged } = reply;
    return { standing: await this.#explained({ rule, standing: judged }, counted, context) };
  }

  /** From the first recent block in which anything was counted of its metric; else from when the rule was seen first. */
  async #beginOf(rule: AlertRule, counted: CountedRules, nowMs: number): Promise<number> {
    const now = blockOf(nowMs);
    const seen = this.#seen.get(rule.name) ?? now;
    this.#seen.set(rule.name, seen);
    const first = await counted.firstBlock(rule, { from: now - LOOK_BACK_BLOCKS, to: now + 1 });
    return Math.min(seen, first ?? seen);
  }

  /** What a baseline would have learnt, had it been there before. */
  async #learn(rule: AlertRule, { begin, counted }: Learning, context: Asking): Promise<void> {
    const from = begin - LEARN_PARTS * LEARN_BLOCKS;
    const counts: (number | undefined)[] = [];
    for (let part = from; part < begin; part += LEARN_BLOCKS) {
      context.beat(rule.name);
      const { sums } = await counted.sumsOf(rule, { from: part, to: part + LEARN_BLOCKS });
      for (let block = part; block < part + LEARN_BLOCKS; block++) counts.push(sums.at(block)?.count);
    }
    const first = counts.findIndex((count) => count !== undefined);
    if (first < 0) return;
    // From the first that was counted, nothing is a count of zero.
    const known = counts.slice(first).map((count) => count ?? 0);
    const learn = { kind: "learn", from: from + first, counts: BlockMemory.encode(known) } as const;
    await context.ask(this.alertOf(rule.name), learn);
  }

  /** What has changed is found out once for each alert, when it begins to fire; it can do without. */
  async #explained(
    { rule, standing }: RuleStanding,
    counted: CountedRules,
    context: Asking,
  ): Promise<Standing> {
    const { phase, badSinceBlock, movers, next } = standing;
    const isNeeded = isOn(phase) && movers === undefined && rule.kind !== "absence";
    if (!isNeeded || badSinceBlock === undefined || next === undefined) return standing;
    try {
      const found = [...(await counted.moversOf(rule, { from: badSinceBlock, to: next }))];
      await context.ask(this.alertOf(rule.name), { kind: "explain", badSinceBlock, movers: found });
      return { ...standing, movers: found };
    } catch (error) {
      passOverFault(error);
      return standing;
    }
  }
}

/** The blocks that a rule can judge now, from the next one on, without a gap. Pure. */
function passedFrom(next: number, rule: AlertRule, progress: Progress): Passed[] {
  const passed: Passed[] = [];
  for (let block = next; endOfBlock(block) <= progress.nowMs; block++) {
    const { isReady, completeness } = readinessOf(block, progress, rule.minCompleteness);
    if (!isReady) break;
    passed.push({ block, completeness });
  }
  return passed;
}
