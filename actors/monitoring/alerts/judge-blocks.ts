import type { AlertRuleProtocol, BlockFact } from "../../../protocols/alert-rule.ts";
import type { AlertRule, AlertSettings } from "../../../protocols/alert-settings.ts";
import type { Reference } from "../../../protocols/reference.ts";
import { endOfBlock, isOn } from "../../../runtime/alerting/alert-state.ts";
import { BlockMemory } from "../../../runtime/alerting/block-memory.ts";
import { factOf } from "../../../runtime/alerting/facts.ts";
import { BEFORE_BLOCKS, moversOf } from "../../../runtime/alerting/movers.ts";
import { readinessOf } from "../../../runtime/alerting/readiness.ts";
import { blockOf } from "../../../runtime/counting/cells.ts";
import type { Context } from "../../../runtime/actor/context.ts";
import type { AlertWatchProtocol } from "../../../protocols/alert-watch.ts";
import { passOverFault } from "../../../runtime/fault.ts";
import type { EntityType } from "../../../runtime/sharding/entity-type.ts";
import { CountedRules } from "./counted-rules.ts";
import type { CountedMetrics, RuleCounted } from "./counted-rules.ts";
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

type Asking = Pick<Context<AlertWatchProtocol>, "ask" | "wallMs" | "beat">;

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

  /** How all alerts stand after one look. @throws Fault when an alert or a partition does not answer */
  async look(context: Asking): Promise<readonly RuleStanding[]> {
    const { rules } = this.#source.settings;
    const counted = new CountedRules(this.#source.stats, context.wallMs(), context);
    const looked = rules.map(async (rule) => {
      const { kind: _, ...standing } = await context.ask(this.alertOf(rule.name), { kind: "look" });
      return { rule, standing: await this.#judge({ rule, standing }, counted, context) };
    });
    return Promise.all(looked);
  }

  async #judge({ rule, standing }: RuleStanding, counted: CountedRules, context: Asking): Promise<Standing> {
    const nowMs = context.wallMs();
    const begin = standing.next ?? (await this.#beginOf(rule, counted, nowMs));
    const next = Math.max(begin, blockOf(nowMs) - JUDGED_MAX);
    if (endOfBlock(next) > nowMs) return standing;
    const facts = factsFrom(next, rule, { counted: await counted.of(rule, next), nowMs });
    if (facts.length === 0) return { ...standing, next };
    if (standing.next === undefined && rule.kind === "baseline") await this.#learn(rule, begin, context);
    const asked = { kind: "judge", rule, zone: this.#source.settings.zone, facts } as const;
    const reply = await context.ask(this.alertOf(rule.name), asked);
    if (reply.kind === "moved") return { ...standing, next: reply.next };
    const { kind: _, ...judged } = reply;
    return this.#explained({ rule, standing: judged }, counted, context);
  }

  /** From the first recent block in which anything was counted of its metric; else from when the rule was seen first. */
  async #beginOf(rule: AlertRule, counted: CountedRules, nowMs: number): Promise<number> {
    const now = blockOf(nowMs);
    const seen = this.#seen.get(rule.name) ?? now;
    this.#seen.set(rule.name, seen);
    const { counts } = await counted.of(rule, now - LOOK_BACK_BLOCKS);
    const numbers = counts.blocks().flatMap(([, blocks]) => blocks);
    return Math.min(seen, ...numbers);
  }

  /** What a baseline would have learnt, had it been there before. */
  async #learn(rule: AlertRule, begin: number, context: Asking): Promise<void> {
    const from = begin - LEARN_PARTS * LEARN_BLOCKS;
    const counts: (number | undefined)[] = [];
    for (let part = from; part < begin; part += LEARN_BLOCKS) {
      context.beat(rule.name);
      counts.push(...(await this.#countsOf(rule, { from: part, to: part + LEARN_BLOCKS }, context)));
    }
    const first = counts.findIndex((count) => count !== undefined);
    if (first < 0) return;
    // From the first that was counted, nothing is a count of zero.
    const known = counts.slice(first).map((count) => count ?? 0);
    const learn = { kind: "learn", from: from + first, counts: BlockMemory.encode(known) } as const;
    await context.ask(this.alertOf(rule.name), learn);
  }

  async #countsOf(
    rule: AlertRule,
    { from, to }: { readonly from: number; readonly to: number },
    context: Asking,
  ): Promise<readonly (number | undefined)[]> {
    const part = new CountedRules(this.#source.stats, endOfBlock(to - 1), context);
    const { sums } = await part.of(rule, from);
    return Array.from({ length: to - from }, (_, index) => sums.get(from + index)?.count);
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
      const { counts } = await counted.of(rule, badSinceBlock - BEFORE_BLOCKS);
      const found = [...moversOf(rule, counts, { from: badSinceBlock, to: next })];
      await context.ask(this.alertOf(rule.name), { kind: "explain", badSinceBlock, movers: found });
      return { ...standing, movers: found };
    } catch (error) {
      passOverFault(error);
      return standing;
    }
  }
}

/** The blocks that a rule can judge now, from the next one on, without a gap. Pure. */
function factsFrom(
  next: number,
  rule: AlertRule,
  { counted, nowMs }: { readonly counted: RuleCounted; readonly nowMs: number },
): BlockFact[] {
  const facts: BlockFact[] = [];
  for (let block = next; endOfBlock(block) <= nowMs; block++) {
    const progress = { partitions: counted.partitions, nowMs };
    const { isReady, completeness } = readinessOf(block, progress, rule.minCompleteness);
    if (!isReady) break;
    facts.push(factOf(rule, counted, { block, completeness }));
  }
  return facts;
}
