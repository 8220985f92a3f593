import assert from "node:assert/strict";
import { roomPolicies } from "../../actors/rooms/room-kind.ts";
import type { RoomPolicy } from "../../actors/rooms/room-kind.ts";
import type { RoomStore } from "../../actors/rooms/room-store.ts";
import { Room } from "../../actors/rooms/room.ts";
import { ChannelProtocol } from "../../protocols/channel.ts";
import type { ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import { ConnectionProtocol } from "../../protocols/connection.ts";
import { OutletProtocol } from "../../protocols/outlet.ts";
import type { Position } from "../../protocols/room.ts";
import { behaviourKit } from "./behaviour-kit.ts";
import { Probe } from "./probe.ts";

export const START_MS = 1_700_000_000_000;
export const HOUR_MS = 3_600_000;
/** Rooms for two members that show three publications. */
export const ROOM_SETTINGS = {
  historySize: 3,
  historyMs: HOUR_MS,
  liveHistoryMs: 24 * HOUR_MS,
  rooms: 10,
  members: 2,
  graceMs: 60_000,
  liveGraceMs: 6 * HOUR_MS,
  durability: "memory",
} as const;
export const POLICIES = roomPolicies(ROOM_SETTINGS);

/** What a test may set about a room. */
export interface RoomSetting {
  readonly policy?: RoomPolicy;
  /** What the same room of another process has handed over. */
  readonly heirloom?: unknown;
  /** Where the room has its order, if it is not the room itself. */
  readonly store?: RoomStore;
  readonly startWallMs?: number;
}

/** A room under test, among probes for its channel and its members. */
export function openRoom({
  policy = POLICIES.chat,
  heirloom,
  startWallMs = START_MS,
  store,
}: RoomSetting = {}) {
  const channel = new Probe(ChannelProtocol, "/channel");
  let chance = 0;
  const room = `${policy.kind}/a`;
  const random = () => (chance += 0.1) % 1;
  const kit = behaviourKit(Room, { args: { room, policy, channel, store }, startWallMs, random, heirloom });
  const sent = (): ServerFrame[] =>
    channel
      .takeTold()
      .flatMap((told) => (told.kind === "attach" ? told.first : told.kind === "publish" && told.frame))
      .filter((frame) => typeof frame === "object");
  if (heirloom === undefined) sent();
  const connections = new Map<
    string,
    { outlet: Probe<OutletProtocol>; connection: Probe<ConnectionProtocol> }
  >();
  const connectionOf = (id: string) => {
    const known = connections.get(id) ?? {
      outlet: new Probe(OutletProtocol, `/outlet/${id}`),
      connection: new Probe(ConnectionProtocol, `/connection/${id}`),
    };
    connections.set(id, known);
    return known;
  };
  return {
    kit,
    channel,
    sent,
    connectionOf,
    join: (id: string, { name = `name of ${id}`, recover }: { name?: string; recover?: Position } = {}) =>
      kit.ask({
        kind: "join",
        member: { id, name },
        ...connectionOf(id),
        frameId: 9,
        ...(recover && { recover }),
      }),
    /** A member comes back whose connection was in another process. */
    resume: async (id: string, epoch: string) => {
      const place = connectionOf(id);
      return (await kit.ask({ kind: "resume", member: id, epoch, ...place })).kind;
    },
    say: (id: string, data: unknown) => kit.ask({ kind: "publish", member: id, data }),
    post: (data: unknown, facts?: Record<string, unknown>, id?: string) =>
      kit.ask({ kind: "post", from: "desk", data, ...(facts && { facts }), ...(id && { id }) }),
    subscribed: (): ServerFrames["subscribed"] => {
      const frame = sent().find(({ kind }) => kind === "subscribed");
      assert.ok(frame?.kind === "subscribed", "nobody was subscribed");
      return frame;
    },
  };
}
