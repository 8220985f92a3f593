import { readableName } from "../../../runtime/actor/actor-name.ts";
import { duration } from "../../../runtime/pages/kit/duration.ts";
import type { Translate } from "../../../runtime/pages/kit/words.ts";
import type { Actor } from "./tree-answer.ts";
import type { TREE_WORDS } from "./tree-words.ts";

// Pure: what is said of one actor, in words.

/** A name and what stands beside it. */
export type Fact = readonly [name: string, value: string];

type Say = Translate<(typeof TREE_WORDS)["en"]>;

/** What an operator may want to know of an actor; what is not the case is left out. */
export function factsOf(actor: Actor, t: Say, tag: string): readonly Fact[] {
  const { mailbox, budgets, supervision } = actor;
  const time = (ms: number): string => duration(ms, tag);
  const budget = ({ left, max, withinMs }: Actor["budgets"]["crash"]): string =>
    t("budget", left, max, time(withinMs));
  const facts: Fact[] = [
    [t("path"), readableName(actor.path)],
    [t("uptime"), time(actor.uptimeMs)],
    [t("mailbox"), t("waits", mailbox.depth, time(mailbox.oldestAgeMs))],
    [t("handled"), String(actor.handled)],
    [t("refused"), String(actor.refused)],
    [t("failed"), String(actor.failed)],
    [t("restarts"), String(actor.restarts)],
    [t("restart"), t("restartKinds", actor.restart)],
    [t("crashes"), budget(budgets.crash)],
    [t("stallsForgiven"), budget(budgets.stall)],
    [t("strategy"), t("strategies", supervision.strategy)],
    [t("incarnation"), String(actor.incarnation)],
  ];
  return [...facts, ...signsOf(actor, t, time)];
}

/** Its signs of life, and the lack of them. */
function signsOf({ pulse, strikes }: Actor, t: Say, time: (ms: number) => string): Fact[] {
  const facts: Fact[] = [[t("stalls"), String(pulse.stalls)]];
  const { openTurn, lastBeat } = pulse;
  if (strikes !== undefined) facts.push([t("strikes"), t("strikeOf", strikes.kind, strikes.count)]);
  if (openTurn !== undefined) facts.push([t("openTurn"), t("turn", openTurn.kind, time(openTurn.busyMs))]);
  if (lastBeat !== undefined) facts.push([t("beat"), t("beatOf", time(lastBeat.ageMs), lastBeat.note ?? "")]);
  return facts;
}
