import { GatewayProtocol } from "../../protocols/gateway.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Feature, FeatureHost, FeatureParts } from "../../runtime/feature.ts";
import { Gateway } from "./gateway.ts";
import type { BoundPort } from "./gateway.ts";
import { noticeRoute } from "./notice-route.ts";

/** How long after the window of a drain its end is waited for, in milliseconds. */
const DRAIN_SLACK_MS = 1_000;

/** The doors for clients: listeners, and an actor for each connection. */
export const gatewayFeature: Feature = {
  name: "gateway",
  start(host: FeatureHost): FeatureParts {
    const { system, settings } = host;
    const { pingEveryMs } = settings.limits;
    const bound: BoundPort[] = [];
    const gateway = system.spawn(Gateway, "gateway", { ports: bound, rooms: host.find(RoomDirectoryProtocol), pingEveryMs });
    return {
      operatorRoutes: [noticeRoute(gateway)],
      offers: [{ protocol: GatewayProtocol, reference: gateway }],
      serve(ports) {
        bound.push(...ports);
        system.tell(gateway, { kind: "serve" });
      },
      async drain(withinMs) {
        await system.ask(gateway, { kind: "drain", withinMs }, { deadlineMs: withinMs + DRAIN_SLACK_MS });
      },
    };
  },
};
