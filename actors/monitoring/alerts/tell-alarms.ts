import type { AlarmsProtocol } from "../../../protocols/alarms.ts";
import type { AlertRuleProtocol } from "../../../protocols/alert-rule.ts";
import type { AlertWatchProtocol } from "../../../protocols/alert-watch.ts";
import type { Reference } from "../../../protocols/reference.ts";
import type { Context } from "../../../runtime/actor/context.ts";
import type { Looked } from "./judge-blocks.ts";
import { alarmSteps } from "./wanted-alarms.ts";

/** Whom it is told to. */
export interface Told {
  readonly alarms: Reference<AlarmsProtocol>;
  readonly alertOf: (rule: string) => Reference<AlertRuleProtocol>;
}

/** Makes the alarms of this node say what the alerts say, and the alerts who looks after them. */
export async function tellAlarms(
  { seen, silent }: Pick<Looked, "seen" | "silent">,
  { alarms, alertOf }: Told,
  context: Pick<Context<AlertWatchProtocol>, "ask" | "tell" | "wallMs">,
): Promise<void> {
  const lists = await context.ask(alarms, { kind: "list" });
  const steps = alarmSteps(seen, { active: lists.active, silent }, context.wallMs());
  for (const word of steps.alarms) context.tell(alarms, word);
  for (const { rule, standing } of steps.told) {
    const { badSinceBlock } = standing;
    if (badSinceBlock !== undefined) context.tell(alertOf(rule.name), { kind: "told", badSinceBlock });
  }
  for (const { rule, toldAtMs } of steps.over) context.tell(alertOf(rule), { kind: "endTold", toldAtMs });
  await Promise.all([
    ...steps.acknowledged.map(({ rule, by }) =>
      context.ask(alertOf(rule), { kind: "act", act: "acknowledge", by }),
    ),
    ...steps.toAcknowledge.map(({ key, by }) =>
      context.ask(alarms, { kind: "act", act: "acknowledge", key, by }),
    ),
  ]);
}
