import { LogsFields } from "../../protocols/ops-logs.ts";
import { operation, route } from "../../runtime/net/route.ts";
import type { Route } from "../../runtime/net/route.ts";
import { logsOfAll } from "./cluster-logs.ts";
import type { LogSight } from "./cluster-logs.ts";

/** Where operators see how far logs are read, of all nodes at any of them. */
export function logRoutes(sight: LogSight): Route[] {
  return [
    route("/v1/logs", {
      onRequest: {
        GET: operation({
          summary:
            "The sources and pullers of all nodes: which partition each reads, up to where, how far behind, and what went wrong",
          answers: { 200: LogsFields },
          handle: async (_request, context) => ({
            status: 200,
            body: { node: sight.node, nodes: await logsOfAll(sight, context) },
          }),
        }),
      },
    }),
  ];
}
