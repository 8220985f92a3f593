import { AlarmsProtocol } from "../../../protocols/alarms.ts";
import type { FeatureHost } from "../../../runtime/feature.ts";
import type { Route } from "../../../runtime/net/route.ts";
import { AlertRuleEntity } from "./alert-rule.ts";
import { alertRoutes } from "./alert-routes.ts";
import { AlertWatch } from "./alert-watch.ts";
import type { CountedMetrics } from "./counted-rules.ts";
import { Seasons } from "./seasons.ts";

/** Has the rules of the settings judge what is counted: answers the routes of the alerts. */
export function startAlerts(
  {
    settings,
    entities,
    singletons,
    find,
  }: Pick<FeatureHost, "settings" | "entities" | "singletons" | "find">,
  stats: CountedMetrics,
): Route[] {
  const alerts = entities.offer(AlertRuleEntity, { seasons: new Seasons() });
  const source = { stats, settings: settings.alerts, alerts };
  singletons.offer(AlertWatch, {}, { source, alarms: () => find(AlarmsProtocol) });
  return alertRoutes(source);
}
