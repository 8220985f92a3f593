import assert from "node:assert/strict";
import { gatewayFeature } from "../../actors/gateway/feature.ts";
import { roomsFeature } from "../../actors/rooms/feature.ts";
import { servicesFeature } from "../../actors/services/feature.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { Feature } from "../../runtime/feature.ts";
import { EVENTS } from "../../runtime/telemetry/events.ts";
import type { EventName } from "../../runtime/telemetry/events.ts";
import { startLocalNode } from "./local-node.ts";
import type { LocalNode } from "./local-node.ts";
import type { Doors } from "./witness.ts";

/** What no client may bring about, whatever it sends. */
const MISHAPS: readonly EventName[] = ["actor.failed", "actor.afterStopFailed"];

/** A node with rooms and a gateway in the test's own process. */
export interface GatewayNode extends LocalNode, Doors {
  readonly httpUrl: string;
  /** @throws AssertionError when anything in the node has failed, crashed or complained since the start */
  readonly assertSound: () => void;
}

/** Starts a node with rooms, a gateway, and what `more` brings. */
export async function startGatewayNode(
  change?: (settings: NodeSettings) => NodeSettings,
  more: readonly Feature[] = [],
): Promise<GatewayNode> {
  const local = await startLocalNode([roomsFeature, ...more, servicesFeature, gatewayFeature], change);
  const host = `127.0.0.1:${local.portOf("web")}`;
  return {
    ...local,
    httpUrl: `http://${host}`,
    webSocketUrl: `ws://${host}`,
    linePort: local.portOf("line"),
    assertSound: () => assert.deepEqual(mishapsOf(local), []),
  };
}

function mishapsOf({ log }: LocalNode): EventName[] {
  return [...log.counts.keys()].filter(
    (event) => MISHAPS.includes(event) || ["error", "fatal"].includes(EVENTS[event].level),
  );
}
