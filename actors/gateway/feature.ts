import { GatewayProtocol, GATEWAYS_KEY } from "../../protocols/gateway.ts";
import type { Reference } from "../../protocols/reference.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Feature, FeatureHost, FeatureParts } from "../../runtime/feature.ts";
import { DRAIN_SLACK_MS, Gateway } from "./gateway.ts";
import { noticeRoute } from "./notice-route.ts";
import { addTrafficMetrics, TrafficLedger } from "./traffic-ledger.ts";

/** The doors for clients: listeners, and an actor for each connection. */
export const gatewayFeature: Feature = {
  name: "gateway",
  start(host: FeatureHost): FeatureParts {
    const { system, settings, metrics, registry, access } = host;
    const { pingEveryMs } = settings.limits;
    const ledger = new TrafficLedger();
    addTrafficMetrics(metrics, ledger);
    const rooms = host.find(RoomDirectoryProtocol);
    let gateway: Reference<GatewayProtocol> | undefined;
    return {
      operatorRoutes: [noticeRoute(() => gateway)],
      // The actor starts with its ports, so that it still has them after a restart.
      serve(ports) {
        gateway = system.spawn(Gateway, "gateway", { ports, rooms, pingEveryMs, ledger, registry, access });
        // It is entered as soon as it can be; a node that stops before that has nobody to enter.
        registry.register(GATEWAYS_KEY, gateway).catch(() => undefined);
        return [{ protocol: GatewayProtocol, reference: gateway }];
      },
      async drain(withinMs) {
        if (gateway === undefined) return;
        // The gateway answers by then, whatever its listeners do.
        const deadlineMs = withinMs + 2 * DRAIN_SLACK_MS;
        await system.ask(gateway, { kind: "drain", withinMs }, { deadlineMs });
      },
    };
  },
};
