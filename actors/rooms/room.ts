import type { Publication } from "../../protocols/client-frames.ts";
import type { Reply } from "../../protocols/protocol.ts";
import { RoomProtocol } from "../../protocols/room.ts";
import type { Context } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { append, forget, kept } from "./history.ts";
import { jsonBytes } from "./json-size.ts";
import { isDue, noteJoined, noteLeft, takeAnnouncements } from "./presence-batch.ts";
import { inheritedRoom, roomHeirloom } from "./room-heirloom.ts";
import type { RoomHeirloom } from "./room-heirloom.ts";
import {
  DATA_BYTES_MAX,
  dataTooLarge,
  notAMember,
  onlyServicesPost,
  refusalOfFacts,
  roomFull,
} from "./room-refusals.ts";
import { namedMembers, newRoomState, subscribedFrame } from "./room-state.ts";
import type { Place, RoomArgs, RoomState, Seat } from "./room-state.ts";
import { sendAway } from "./send-away.ts";

/** How long comings and goings are collected before the members hear of them. */
export const ANNOUNCE_AFTER_MS = 250;
/** How long the seats of a room that came from another process wait for the next connection, in milliseconds. */
export const ARRIVAL_WITHIN_MS = 30_000;
/** How long a turn may go on without progress, in milliseconds: meanwhile nothing is said in the room. */
const PROGRESS_WITHIN_MS = 10_000;

/**
 * A room: one owner of who is here and of the order in which things are said.
 *
 * After a restart nobody is a member: the new life has neither the seats nor the history of the old one. Whoever was
 * attached is sent away, subscribes again with the position it had, learns the new epoch, and sees that what lies between
 * is a gap.
 */
export const Room = defineActor({
  protocol: RoomProtocol,
  progressWithinMs: PROGRESS_WITHIN_MS,
  initialState(args: RoomArgs, context): RoomState {
    sendAway(args, context);
    const state = newRoomState(args, epochOf(context));
    closeWhenForgotten(state, context);
    return state;
  },
  handlers: {
    join(state, { member, outlet, connection, frameId, recover }, context) {
      const seated = state.seats.get(member.id);
      if (seated === undefined && state.seats.size >= state.policy.membersMax) {
        return context.reply(roomFull(state.policy));
      }
      take(state, { member, place: { outlet, connection } }, context);
      forget(state.history, state.policy.history, context.nowMs());
      context.tell(state.channel, {
        kind: "attach",
        outlet,
        first: subscribedFrame(state, frameId, recover),
      });
      context.reply({ kind: "joined", epoch: state.epoch, offset: state.history.offset });
    },
    resume(state, { member: id, outlet, connection, epoch }, context) {
      const seat = state.seats.get(id);
      if (seat === undefined || seat.place !== undefined || epoch !== state.epoch) {
        return context.reply({ kind: "lost" });
      }
      context.tell(state.channel, { kind: "resume", outlet });
      take(state, { member: seat.member, place: { outlet, connection } }, context);
      context.reply({ kind: "resumed" });
    },
    leave(state, { member }, context) {
      const seat = state.seats.get(member);
      if (seat?.place !== undefined) context.unwatch(seat.place.connection);
      vacate(state, seat, context);
    },
    memberGone(state, { member }, context) {
      vacate(state, state.seats.get(member), context);
    },
    publish(state, { member, data }, context) {
      const seat = state.seats.get(member);
      if (!state.policy.membersPublish) return context.reply(onlyServicesPost(state.policy));
      if (seat === undefined) return context.reply(notAMember());
      context.reply(sequence(state, { from: seat.member.name, data }, context));
    },
    post(state, { from, data, facts }, context) {
      if (facts === undefined) return context.reply(sequence(state, { from, data }, context));
      const merged = { ...state.facts, ...facts };
      const reply = refusalOfFacts(merged) ?? sequence(state, { from, data, facts }, context);
      if (reply.kind === "published") state.facts = merged;
      context.reply(reply);
    },
    presence({ seats }, _message, context) {
      context.reply({ kind: "present", count: seats.size, members: namedMembers(seats) });
    },
    history({ epoch, facts, history, policy, seats }, _message, context) {
      forget(history, policy.history, context.nowMs());
      const publications = kept(history);
      context.reply({
        kind: "known",
        epoch,
        offset: history.offset,
        members: seats.size,
        facts,
        publications,
      });
    },
    announce({ presence, room, seats, channel }, _message, context) {
      for (const frame of takeAnnouncements(presence, room, seats.size)) {
        context.tell(channel, { kind: "publish", frame });
      }
    },
    giveUpMissing(state, _message, context) {
      const missing = [...state.seats.values()].filter(({ place }) => place === undefined);
      for (const seat of missing) vacate(state, seat, context);
    },
    close(_state, _message, context) {
      context.stopSelf();
    },
  },
  handOver: {
    version: 1,
    dump: roomHeirloom,
    load(data, args: RoomArgs, context): RoomState {
      const now = { nowMs: context.nowMs(), wallMs: context.wallMs() };
      const state = inheritedRoom(data as RoomHeirloom, args, now);
      forget(state.history, state.policy.history, now.nowMs);
      if (isDue(state.presence)) context.startTimer("announce", ANNOUNCE_AFTER_MS, { kind: "announce" });
      if (state.seats.size === 0) {
        closeWhenForgotten(state, context);
      } else {
        context.tell(args.channel, { kind: "remember" });
        expectMissing(context);
      }
      return state;
    },
  },
  describe: ({ epoch, seats, missing, history, facts, policy }) => ({
    epoch,
    members: seats.size,
    missing,
    offset: history.offset,
    history: history.entries.length,
    historyBytes: history.bytes,
    facts: Object.keys(facts).length,
    slowPolicy: policy.slow,
  }),
});

type RoomContext = Context<RoomProtocol>;

// Wall time keeps the epochs of different runs of the node apart, chance those of one moment.
function epochOf(context: RoomContext): string {
  const chance = Math.floor(context.random() * 2 ** 48);
  return `${Math.floor(context.wallMs()).toString(36)}-${chance.toString(36)}`;
}

/** Begins to wait for the next of those who are on their way. */
function expectMissing(context: RoomContext): void {
  context.startTimer("missing", ARRIVAL_WITHIN_MS, { kind: "giveUpMissing" });
}

/** A seat waits no more: its member has come, or will not come. */
function noLongerMissing(state: RoomState, context: RoomContext): void {
  // As long as some still come, the others are given time as well.
  if (--state.missing > 0) return expectMissing(context);
  context.stopTimer("missing");
  context.tell(state.channel, { kind: "forget" });
}

/** Gives a member its seat, or the one it has a new outlet. */
function take(state: RoomState, seat: Seat & { readonly place: Place }, context: RoomContext): void {
  const { member, place } = seat;
  const before = state.seats.get(member.id);
  state.seats.set(member.id, seat);
  context.stopTimer("close");
  if (before?.place === undefined) context.watch(place.connection, { kind: "memberGone", member: member.id });
  if (before !== undefined && before.place === undefined) noLongerMissing(state, context);
  if (before?.member.name !== member.name) announce(state, () => noteJoined(state.presence, member), context);
}

function vacate(state: RoomState, seat: Seat | undefined, context: RoomContext): void {
  if (seat === undefined) return;
  state.seats.delete(seat.member.id);
  if (seat.place === undefined) noLongerMissing(state, context);
  else context.tell(state.channel, { kind: "detach", outlet: seat.place.outlet });
  announce(state, () => noteLeft(state.presence, seat.member), context);
  if (state.seats.size === 0) closeWhenForgotten(state, context);
}

/** Gives what is said its place in the order and sends it to everybody. */
function sequence(
  state: RoomState,
  said: Pick<Publication, "from" | "data" | "facts">,
  context: RoomContext,
): Reply<RoomProtocol, "publish"> {
  const { room, epoch, history, policy, channel } = state;
  const dataBytes = jsonBytes(said.data);
  if (dataBytes > DATA_BYTES_MAX) return dataTooLarge();
  const offset = history.offset + 1;
  const publication = { room, offset, ...said, atMs: context.wallMs() };
  const bytes = said.facts === undefined ? dataBytes : dataBytes + jsonBytes(said.facts);
  append(history, { publication, bytes, atMs: context.nowMs() }, policy.history);
  context.tell(channel, { kind: "publish", frame: { kind: "publication", ...publication } });
  if (state.seats.size === 0) closeWhenForgotten(state, context);
  return { kind: "published", epoch, offset };
}

/** Notes who came or went, to be announced with those who come and go in the same moment. */
function announce({ presence }: RoomState, note: () => void, context: RoomContext): void {
  const runs = isDue(presence);
  note();
  // One that runs is not started anew: in a busy room the announcement would never come.
  if (!runs) context.startTimer("announce", ANNOUNCE_AFTER_MS, { kind: "announce" });
}

/** An empty room lingers, so that a member on a flaky network finds it again; longer when it has something to keep. */
function closeWhenForgotten({ history, policy }: RoomState, context: RoomContext): void {
  const lingerMs = history.offset === 0 ? policy.emptyGraceMs : policy.keepMs;
  context.startTimer("close", lingerMs, { kind: "close" });
}
