import type { Feature } from "../../runtime/feature.ts";
import { accountRoutes } from "./account-routes.ts";
import { bearerGuard } from "./bearer-guard.ts";
import { addSystemMetrics } from "./system-metrics.ts";
import { healthRoutes } from "./health-routes.ts";
import { stallRoutes } from "./stall-routes.ts";
import { treeRoutes } from "./tree-routes.ts";

/** What operators ask a node: its tree, its connections, its dead letters, its health and its numbers. */
export const opsFeature: Feature = {
  name: "ops",
  start({ settings, system, metrics, status }) {
    const { token } = settings.ops;
    if (token === undefined) throw new RangeError("the operators' port needs a token");
    const startedAtMs = system.clock.nowMs();
    const health = { node: settings.name, status, uptimeMs: () => system.clock.nowMs() - startedAtMs };
    addSystemMetrics(metrics, system);
    return {
      operatorRoutes: [
        ...treeRoutes(system),
        ...accountRoutes(system),
        ...stallRoutes(system),
        ...healthRoutes(health, metrics),
      ],
      operatorGuard: bearerGuard(token),
    };
  },
};
