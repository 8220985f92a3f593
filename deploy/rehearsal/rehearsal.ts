import { setTimeout as pause } from "node:timers/promises";
import { gatewayFeature } from "../../actors/gateway/feature.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { Feature } from "../../runtime/feature.ts";
import { route } from "../../runtime/net/route.ts";
import { BanyanNode } from "../../runtime/node.ts";
import { CountingLog } from "../../runtime/telemetry/counting-log.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";
import { version } from "../version.ts";
import { Crowd } from "./crowd.ts";
import { twinPeers } from "./twin-peers.ts";

/** Enough for the compiler to take the way of a connection seriously; more would not make it faster. */
const CLIENTS = 300;
/** How often each client speaks after it has moved. */
const ROUNDS = 10;
/** A rehearsal is worth so much time, in milliseconds; then it goes on without. */
const WITHIN_MS = 3_000;
const STOP_WITHIN_MS = 1_000;
const LOOPBACK = "127.0.0.1";
const LISTENER = "rehearsal";
const PATH = "/rehearsal";
/** Nobody is refused. */
const LIMITS = {
  connections: CLIENTS,
  connectionsPerAddress: CLIENTS,
  messagesPerSecond: CLIENTS * ROUNDS,
  burst: CLIENTS * ROUNDS,
};

const echo: Feature = {
  name: "echo",
  start: () => ({
    routes: [
      route(PATH, {
        protocol: "text",
        onMessage: ({ outlet }, text, context) => void context.tell(outlet, { kind: "sendText", text }),
      }),
    ],
  }),
};

/** The gateway, which no operator reaches. */
const doors: Feature = {
  name: gatewayFeature.name,
  start(host) {
    const { operatorRoutes: _, ...parts } = gatewayFeature.start(host);
    return parts;
  },
};

/**
 * Moves connections of this process's own from one node in it to another, so that all code on their way is compiled before those
 * of clients come, which would wait for the compiler. Answers how many have moved and are heard; fewer than all when it took too long.
 * @throws Error of whatever went wrong; the process can serve none the less
 */
export async function rehearse(settings: NodeSettings, withinMs = WITHIN_MS): Promise<number> {
  const stages = [stage(settings), stage(settings)] as const;
  const limit = new AbortController();
  try {
    await stages[0].start();
    await stages[1].prepare();
    const playing = play(stages, limit.signal);
    const late = pause(withinMs, 0, { signal: limit.signal });
    return await Promise.race([playing, late]).finally(() => limit.abort());
  } finally {
    await Promise.all(stages.map((node) => node.stop(STOP_WITHIN_MS)));
  }
}

async function play([from, to]: readonly [BanyanNode, BanyanNode], signal: AbortSignal): Promise<number> {
  const crowd = new Crowd(CLIENTS, new URL(PATH, from.urls().listeners[LISTENER]));
  signal.addEventListener("abort", () => crowd.scatter());
  await crowd.talk(1);
  if (signal.aborted) return 0;
  const [here, there] = twinPeers();
  await Promise.all([from.handOver(here), to.adopt(there, { onServing: () => undefined })]);
  await crowd.talk(ROUNDS);
  return to.traffic().connections;
}

function stage({ limits, ops, ...settings }: NodeSettings): BanyanNode {
  return new BanyanNode({
    settings: {
      ...settings,
      listeners: [{ name: LISTENER, kind: "http", host: LOOPBACK, port: 0 }],
      ops: { ...ops, host: LOOPBACK, port: 0 },
      limits: { ...limits, ...LIMITS },
    },
    features: [echo, doors],
    log: new CountingLog(SILENT),
    version: version(),
  });
}
