import { alarmsFeature } from "../actors/alarms/feature.ts";
import { gatewayFeature } from "../actors/gateway/feature.ts";
import { logsFeature } from "../actors/logs/feature.ts";
import { monitoringFeature } from "../actors/monitoring/feature.ts";
import { opsFeature } from "../actors/ops/feature.ts";
import { roomsFeature } from "../actors/rooms/feature.ts";
import { servicesFeature } from "../actors/services/feature.ts";
import type { Feature } from "../runtime/feature.ts";
import { pagesFeature } from "../runtime/pages/pages-feature.ts";

/** What a node runs, in the order in which it starts: a feature stands behind those whose actors it looks for. */
export const FEATURES: readonly Feature[] = [
  alarmsFeature,
  monitoringFeature,
  logsFeature,
  roomsFeature,
  servicesFeature,
  gatewayFeature,
  pagesFeature,
  opsFeature,
];
