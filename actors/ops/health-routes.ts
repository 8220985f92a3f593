import { HealthFields } from "../../protocols/ops.ts";
import type { NodeStatus } from "../../runtime/feature.ts";
import { everybody } from "../../runtime/net/everybody.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";
import type { Metrics } from "../../runtime/telemetry/metrics.ts";

/** What the health of a node is read from. */
export interface HealthSource {
  readonly node: string;
  status(): NodeStatus;
  uptimeMs(): number;
  /** What keeps the node from storing anything, in words. */
  troubles(): readonly string[];
}

/** Whether the process lives, whether it wants traffic, and its numbers. Probes carry no token. */
export function healthRoutes(source: HealthSource, metrics: Metrics): Route[] {
  const health = () => ({
    status: source.status(),
    node: source.node,
    uptimeMs: Math.round(source.uptimeMs()),
    troubles: [...source.troubles()],
  });
  return [
    route("/healthz", {
      auth: everybody,
      onRequest: {
        GET: operation({
          summary: "Whether the process lives: 200 as long as it answers at all",
          answers: { 200: HealthFields },
          handle: () => ({ status: 200, body: health() }),
        }),
      },
    }),
    route("/readyz", {
      auth: everybody,
      onRequest: {
        GET: operation({
          summary: "Whether the node wants traffic: 503 while it starts and while it drains",
          answers: { 200: HealthFields, 503: HealthFields },
          handle: () => ({ status: source.status() === "ready" ? 200 : 503, body: health() }),
        }),
      },
    }),
    route("/metrics", {
      onRequest: {
        GET: operation({
          summary: "Every number of the node, for Prometheus",
          answers: { 200: "text/plain" },
          handle: async () => ({
            status: 200,
            body: await metrics.text(),
            headers: { "content-type": metrics.contentType },
          }),
        }),
      },
    }),
  ];
}
