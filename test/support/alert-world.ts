import { AlertRuleEntity } from "../../actors/monitoring/alerts/alert-rule.ts";
import { AlertWatch } from "../../actors/monitoring/alerts/alert-watch.ts";
import type { AlertSource } from "../../actors/monitoring/alerts/judge-blocks.ts";
import { Seasons } from "../../actors/monitoring/alerts/seasons.ts";
import { Alarms } from "../../actors/alarms/alarms.ts";
import type { AlarmsProtocol } from "../../protocols/alarms.ts";
import type { AlertChange, AlertRuleProtocol } from "../../protocols/alert-rule.ts";
import type { AlertRule } from "../../protocols/alert-settings.ts";
import type { Reference } from "../../protocols/reference.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import { allMetrics } from "../../runtime/counting/built-in-metrics.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { metric } from "./counted-logs.ts";
import { CountWorld } from "./count-world.ts";
import type { ScriptedJournal } from "./scripted-journal.ts";

const POLICY = { routes: { notice: [], warning: [], critical: [] }, escalation: [] };
const METRICS = allMetrics([metric({ name: "orders", sources: ["services"] })]);

/** Alert rules that judge what is counted, in virtual time, with the alarms of a node. */
export class AlertWorld {
  readonly counts: CountWorld;
  readonly alarms: Reference<AlarmsProtocol>;
  readonly rules: EntityType<AlertRuleProtocol>;
  /** What the rules are judged with. */
  readonly source: AlertSource;
  readonly #watches: EntityType;

  constructor(rules: readonly AlertRule[], journal?: ScriptedJournal) {
    this.counts = new CountWorld(journal);
    const { host, virtual, places } = this.counts;
    const parts = { node: "test", policy: POLICY, channels: [], quietMs: 900_000 };
    this.alarms = virtual.system.spawn(Alarms, "alarms", parts);
    this.rules = host.offer(AlertRuleEntity, { seasons: new Seasons() });
    const settings = { zone: "UTC", rules: [...rules] };
    this.source = { stats: { ...places, metrics: METRICS }, settings, alerts: this.rules };
    const watch = { source: this.source, alarms: () => this.alarms };
    this.#watches = host.offerActor(AlertWatch, {}, watch) as unknown as EntityType;
  }

  /** Has the rules watched from now on. */
  async watch(): Promise<void> {
    this.#watches.keep("only");
    await this.counts.virtual.advance(1);
  }

  /** As when another node takes it over. */
  async stopWatch(): Promise<void> {
    this.#watches.presentCell("only")?.stop();
    await this.counts.virtual.advance(1);
  }

  async pass(ms: number): Promise<void> {
    await this.counts.virtual.advance(ms);
  }

  /** Lets a block pass, and so much more that it can be judged. */
  async passBlock(): Promise<void> {
    const { clock } = this.counts.virtual;
    await this.pass(BLOCK_MS - (clock.wallMs() % BLOCK_MS) + 20_000);
  }

  /** So many orders, told just now. */
  async order(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      const eventId = `${this.counts.virtual.clock.wallMs()}-${left}`;
      await this.counts.count("services/shop", { metric: "orders", eventId });
    }
  }

  async phase(rule: string): Promise<string> {
    const asked = this.counts.virtual.ask(this.rules.entity(rule), { kind: "look" });
    await this.counts.virtual.settle();
    return (await asked).phase;
  }

  async history(rule: string): Promise<readonly AlertChange[]> {
    const asked = this.counts.virtual.ask(this.rules.entity(rule), { kind: "history" });
    await this.counts.virtual.settle();
    return (await asked).changes;
  }

  /** The keys of the alarms that are on. */
  async active(): Promise<readonly string[]> {
    const asked = this.counts.virtual.ask(this.alarms, { kind: "list" });
    await this.counts.virtual.settle();
    return (await asked).active.map(({ key }) => key);
  }

  /** How many alarms are over. */
  async ended(): Promise<number> {
    const asked = this.counts.virtual.ask(this.alarms, { kind: "list" });
    await this.counts.virtual.settle();
    return (await asked).ended.length;
  }
}
