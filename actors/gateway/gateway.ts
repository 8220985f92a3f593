import { GatewayProtocol } from "../../protocols/gateway.ts";
import type { NOTICE_FIELDS } from "../../protocols/gateway.ts";
import type { ListenerProtocol } from "../../protocols/listener.ts";
import type { PortProtocol } from "../../protocols/port.ts";
import type { Reply } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Context, ReplyTo } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import type { AccessTap } from "../../runtime/net/access-tap.ts";
import type { BodyOf } from "../../runtime/net/route.ts";
import type { RouteTable } from "../../runtime/net/route-table.ts";
import { Listener } from "./listener.ts";
import { OpenAnswers } from "./open-answers.ts";
import { notifyOthers } from "./other-gateways.ts";
import type { GatewayRegistry } from "./other-gateways.ts";
import type { TrafficLedger } from "./traffic-ledger.ts";

/** What draining may take on top of its window, in milliseconds: the clients' answers to the close. */
export const DRAIN_SLACK_MS = 1_000;
/** How long a turn may go on without progress, in milliseconds. */
const PROGRESS_WITHIN_MS = 10_000;

/** A bound port and the routes behind it. */
export interface BoundPort extends Reference<PortProtocol> {
  /** The listener's name. */
  readonly name: string;
  readonly table: RouteTable;
}

/** What the gateway is started with. */
export interface GatewayArgs {
  readonly ports: readonly BoundPort[];
  /** Where rooms are found; without it there are none. */
  readonly rooms: Reference<RoomDirectoryProtocol> | undefined;
  readonly pingEveryMs: number;
  /** Keeps the sum of what passes through all connections; nobody does unless given. */
  readonly ledger?: TrafficLedger;
  /** Where it is told what was answered; nobody is unless given. */
  readonly access?: AccessTap;
  /** Finds the gateways of other nodes; there are none unless given. */
  readonly registry?: GatewayRegistry;
}

interface GatewayState {
  readonly listeners: ReadonlyMap<string, Reference<ListenerProtocol>>;
  readonly registry: GatewayRegistry | undefined;
  /** Who waits for the end of all connections. */
  readonly drains: OpenAnswers<ReplyTo<GatewayProtocol, "drain">>;
}

/** The parent of the listeners: each fails and restarts alone, with the connections that came through it. */
export const Gateway = defineActor({
  protocol: GatewayProtocol,
  essential: true,
  progressWithinMs: PROGRESS_WITHIN_MS,
  initialState({ ports, registry, ...shared }: GatewayArgs, context): GatewayState {
    const listeners = ports.map((port) => {
      const host = { listener: port.name, table: port.table, ...shared };
      return [port.name, context.spawn(Listener, port.name, { port, host })] as const;
    });
    return { listeners: new Map(listeners), registry, drains: new OpenAnswers() };
  },
  handlers: {
    notify({ listeners, registry }, { kind: _kind, isOnlyHere = false, ...notice }, context) {
      const here = notifyHere(listeners, notice, context);
      if (registry === undefined || isOnlyHere) return context.reply(here);
      const answer = context.replyLater();
      context.pipeToSelf(notifyOthers(registry, { notice, here }, context), (outcome) => {
        return { kind: "othersNotified", answer, notified: outcome.ok ? outcome.value : here };
      });
    },
    othersNotified: (_state, { answer, notified }) => answer.reply(notified),
    find({ listeners }, { listener: name }, context) {
      const listener = listeners.get(name);
      context.reply(listener === undefined ? unknownListener(name, listeners) : { kind: "found", listener });
    },
    drain({ listeners, drains }, { withinMs }, context) {
      const drain = drains.add(context.replyLater());
      const options = { deadlineMs: withinMs + DRAIN_SLACK_MS };
      const ends = [...listeners.values()].map((listener) =>
        context.ask(listener, { kind: "drain", withinMs }, options),
      );
      context.pipeToSelf(Promise.allSettled(ends), (outcome) => {
        const settled = outcome.ok ? outcome.value : [];
        const counts = settled.map((result) =>
          result.status === "fulfilled" ? result.value.connections : 0,
        );
        return {
          kind: "listenersDrained",
          drain,
          connections: counts.reduce((sum, count) => sum + count, 0),
        };
      });
    },
    listenersDrained({ drains }, { drain, connections }) {
      drains.take(drain)?.reply({ kind: "drained", connections });
    },
  },
  describe: ({ listeners }) => ({ listeners: [...listeners.keys()] }),
});

function notifyHere(
  listeners: GatewayState["listeners"],
  { listener, from, data }: BodyOf<typeof NOTICE_FIELDS>,
  context: Context<GatewayProtocol>,
): Reply<GatewayProtocol, "notify"> {
  if (listener !== undefined && !listeners.has(listener)) return unknownListener(listener, listeners);
  const chosen = listener === undefined ? [...listeners.keys()] : [listener];
  for (const name of chosen) {
    const reference = listeners.get(name);
    if (reference !== undefined) context.tell(reference, { kind: "notify", from, data });
  }
  return { kind: "notified", listeners: chosen };
}

function unknownListener(name: string, known: ReadonlyMap<string, unknown>) {
  return {
    kind: "unknownListener",
    text: `no listener is called ${name}; known: ${[...known.keys()].join(", ")}`,
  } as const;
}
