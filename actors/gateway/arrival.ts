import type { ConnectionHeirloom, ConnectionProtocol, RoomResumed } from "../../protocols/connection.ts";
import type { Own } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { Outcome } from "../../runtime/actor/context.ts";
import { Fault } from "../../runtime/fault.ts";
import { close, tellRouteClosed } from "./connection-state.ts";
import type { ConnectionContext, ConnectionState } from "./connection-state.ts";
import { lookQuiet } from "./moving.ts";
import { firstPingMs } from "./pings.ts";
import { newRest } from "./rest.ts";
import { returningLink } from "./room-link.ts";

/** What the route of a connection hears that was gone before it arrived. */
const LOST_ON_THE_WAY = { code: 1006, text: "" };

/** Goes on with a connection that another process has handed over: neither client nor route notices anything. */
export function arrive(state: ConnectionState, data: unknown, context: ConnectionContext): void {
  const { client, host, route, socket } = state;
  // Its `onOpen` ran over there, so `onClose` is due here.
  state.isOpen = true;
  host.ledger?.adopt(socket.traffic);
  if (isFit(data)) takeOver(state, data, context);
  if (context.tell(client.outlet, { kind: "open", connection: client.self }) !== "accepted") {
    tellRouteClosed(state, LOST_ON_THE_WAY, context);
    return context.stopSelf();
  }
  // Other code than ours has written it. A client that connects again comes to the same end.
  if (!isFit(data)) return close(state, "draining", context);
  const firstMs = firstPingMs(host.pingEveryMs, context.random());
  context.tell(client.outlet, { kind: "expectSigns", firstMs, everyMs: host.pingEveryMs });
  context.log.debug("connection.adopted", { route: route.path });
  state.rest = newRest(false, data.held);
  for (const { room, epoch } of data.rooms) goBackTo(state, room, epoch, context);
  lookQuiet(state, context);
}

/** A room has taken the client back, or knows nothing of it: then the client is told as when a room has restarted. */
export function roomResumed(
  state: ConnectionState,
  room: string,
  result: RoomResumed,
  context: ConnectionContext,
): void {
  const link = state.links?.get(room);
  if (link === undefined) return;
  if (result.kind === "resumed") {
    link.reference = result.room;
  } else {
    state.links?.delete(room);
    context.tell(state.socket.outlet, { kind: "send", frame: { kind: "skipped", room, offset: 0 } });
  }
  lookQuiet(state, context);
}

function isFit(data: unknown): data is ConnectionHeirloom {
  return (data as Partial<ConnectionHeirloom> | undefined)?.version === 1;
}

function takeOver(state: ConnectionState, data: ConnectionHeirloom, context: ConnectionContext): void {
  const { member, openedAtMs, malformed, tooFast, tooFastAgoMs } = data;
  state.client.resume(member);
  state.openedAtMs = openedAtMs;
  state.isHeard = data.isHeard;
  state.silentPings = data.silentPings;
  if (malformed > 0 || tooFast > 0) {
    state.offences = { malformed, tooFast, lastTooFastMs: context.nowMs() - tooFastAgoMs };
  }
  state.route.handOver?.load(state.client, data.route, context);
}

function goBackTo(state: ConnectionState, room: string, epoch: string, context: ConnectionContext): void {
  (state.links ??= new Map()).set(room, returningLink(epoch));
  const { rooms } = state.host;
  if (rooms === undefined) return roomResumed(state, room, { kind: "lost" }, context);
  context.pipeToSelf(resume(state, { room, epoch }, rooms, context), (outcome) => resumed(room, outcome));
}

async function resume(
  { client }: ConnectionState,
  { room, epoch }: ConnectionHeirloom["rooms"][number],
  rooms: Reference<RoomDirectoryProtocol>,
  context: ConnectionContext,
): Promise<RoomResumed> {
  const found = await context.ask(rooms, { kind: "find", room });
  if (found.kind === "absent") return { kind: "lost" };
  const { member, outlet, self: connection } = client;
  const place = { member: member.id, outlet, connection, epoch };
  const reply = await context.ask(found.room, { kind: "resume", ...place });
  return reply.kind === "resumed" ? { kind: "resumed", room: found.room } : { kind: "lost" };
}

function resumed(room: string, outcome: Outcome<RoomResumed>): Own<ConnectionProtocol> {
  if (outcome.ok) return { kind: "roomResumed", room, result: outcome.value };
  return outcome.error instanceof Fault
    ? { kind: "roomResumed", room, result: { kind: "lost" } }
    : { kind: "failed", error: outcome.error };
}
