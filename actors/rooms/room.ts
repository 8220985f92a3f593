import { RoomProtocol } from "../../protocols/room.ts";
import type { AskContext, Context } from "../../runtime/actor/context.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { admitAll, admitWhenReady, letIn, notArriving } from "./arriving.ts";
import {
  ANNOUNCE_AFTER_MS,
  announceHere,
  attend,
  goneElsewhere,
  hearCall,
  heardOf,
  rollEnded,
  tellOfComings,
} from "./attendance.ts";
import { countElsewhere } from "./elsewhere.ts";
import {
  beginFollowing,
  endFollowing,
  goOnFollowing,
  knownElsewhere,
  lookAtStored,
  lookFailed,
  mayHaveMissed,
  missingRead,
  stood,
  toldOf,
} from "./following.ts";
import { forget, kept } from "./history.ts";
import { isDue, noteJoined, noteLeft } from "./presence-batch.ts";
import { rememberPost } from "./post-ids.ts";
import { closeWhenForgotten, publish } from "./publish.ts";
import { newEpoch } from "./room-epoch.ts";
import { beginMove, inheritedRoom, roomHeirloom } from "./room-heirloom.ts";
import type { RoomHeirloom } from "./room-heirloom.ts";
import { notAMember, onlyServicesPost, refusalOfPost, roomFull } from "./room-refusals.ts";
import { memberCount, namedMembers, newRoomState } from "./room-state.ts";
import type { Contact, RoomArgs, RoomState, Seat, Utterance } from "./room-state.ts";
import { sendAway } from "./send-away.ts";
import { storedRoom } from "./stored-room.ts";
import { store, storeAgain, storingEnded } from "./storing.ts";

/** How long the seats of a room that came from another process wait for the next connection, in milliseconds. */
export const ARRIVAL_WITHIN_MS = 30_000;
/** How long a turn may go on without progress, in milliseconds: meanwhile nothing is said in the room. */
const PROGRESS_WITHIN_MS = 10_000;

/**
 * A room: one owner of who is here and, unless it has a store, of the order in which things are said.
 *
 * After a restart nobody is a member: the new life has not the seats of the old one. Whoever was attached is sent away and
 * subscribes again with the position it had. A room with a store goes on in the epoch that is stored, and gives it what it missed. Another
 * one has lost its history: the member learns the new epoch, and sees that what lies between is a gap.
 */
export const Room = defineActor({
  protocol: RoomProtocol,
  progressWithinMs: PROGRESS_WITHIN_MS,
  initialState(args: RoomArgs, context): RoomState | Promise<RoomState> {
    sendAway(args, context);
    const epoch = newEpoch(context);
    if (args.store !== undefined) return storedRoom(args, args.store, epoch, context);
    const state = newRoomState(args, { epoch, party: epoch });
    closeWhenForgotten(state, context);
    return state;
  },
  handlers: {
    join(state, { member, outlet, connection, frameId, recover }, context) {
      const seated = state.seats.get(member.id);
      if (seated === undefined && memberCount(state) >= state.policy.membersMax) {
        return context.reply(roomFull(state.policy));
      }
      take(state, { member, contact: { outlet, connection } }, context);
      letIn(state, { member: member.id, outlet, frameId, recover }, context);
    },
    resume(state, { member: id, outlet, connection, epoch }, context) {
      const seat = state.seats.get(id);
      if (seat === undefined || seat.contact !== undefined || epoch !== state.epoch) {
        return context.reply({ kind: "lost" });
      }
      context.tell(state.channel, { kind: "resume", outlet });
      take(state, { member: seat.member, contact: { outlet, connection } }, context);
      context.reply({ kind: "resumed" });
    },
    leave(state, { member }, context) {
      const seat = state.seats.get(member);
      if (seat?.contact !== undefined) context.unwatch(seat.contact.connection);
      vacate(state, seat, context);
    },
    memberGone(state, { member }, context) {
      vacate(state, state.seats.get(member), context);
    },
    publish(state, { member, data }, context) {
      const seat = state.seats.get(member);
      if (!state.policy.membersPublish) return context.reply(onlyServicesPost(state.policy));
      if (seat === undefined) return context.reply(notAMember());
      say(state, { from: seat.member.name, data }, context);
    },
    post(state, { kind: _kind, ...said }, context) {
      say(state, said, context);
    },
    stored(state, message, context) {
      toldOf(state, message, context);
    },
    storingEnded(state, { storing, end }, context) {
      storingEnded(state, storing, end, context);
    },
    storeAgain(state, _message, context) {
      storeAgain(state, context);
    },
    lookAtStored(state, _message, context) {
      lookAtStored(state, context);
    },
    stood(state, { standing }, context) {
      stood(state, standing, context);
      admitWhenReady(state, context);
    },
    missingRead(state, { publications }, context) {
      missingRead(state, publications, context);
      admitWhenReady(state, context);
    },
    lookFailed(state, { error }, context) {
      lookFailed(state, error, context);
    },
    presence(state, _message, context) {
      context.reply({ kind: "present", count: memberCount(state), members: namedMembers(state) });
    },
    history(state, _message, context) {
      const { epoch, facts, history, policy } = state;
      forget(history, policy.history, context.nowMs());
      const publications = kept(history, policy.shownMax);
      const members = memberCount(state);
      context.reply({ kind: "known", epoch, offset: history.offset, members, facts, publications });
    },
    announce(state, _message, context) {
      tellOfComings(state, context);
    },
    callRoll(state, { by }, context) {
      // What was said before the room heard anything may have been missed.
      if (hearCall(state, by, context) === "own") lookAtStored(state, context);
    },
    rollCalled(state, _message, context) {
      rollEnded(state, context);
      admitWhenReady(state, context);
    },
    attendance(state, message, context) {
      heardOf(state, message, context);
      knownElsewhere(state, message.offset, context);
    },
    elsewhereGone(state, { at }, context) {
      goneElsewhere(state, at, context);
      mayHaveMissed(state, context);
    },
    attend(state, _message, context) {
      attend(state, context);
    },
    admit(state, _message, context) {
      admitAll(state, context);
    },
    giveUpMissing(state, _message, context) {
      const missing = [...state.seats.values()].filter(({ contact }) => contact === undefined);
      for (const seat of missing) vacate(state, seat, context);
    },
    close(state, _message, context) {
      // Whoever waits to hear that something is stored would say it again in the next life.
      if (state.following.storing.size > 0) return closeWhenForgotten(state, context);
      context.stopSelf();
    },
  },
  handOver: {
    version: 1,
    dump: (state): RoomHeirloom => roomHeirloom(state, beginMove(state)),
    load(data, args: RoomArgs, context): RoomState {
      const now = { nowMs: context.nowMs(), wallMs: context.wallMs(), newParty: newEpoch(context) };
      const state = inheritedRoom(data as RoomHeirloom, args, now);
      forget(state.history, state.policy.history, now.nowMs);
      // What was stored at the last moment, after the move had begun, is read while the members come.
      goOnFollowing(state, context);
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
  describe: ({ epoch, seats, elsewhere, missing, history, facts, policy, following }) => ({
    epoch,
    members: seats.size,
    elsewhere: countElsewhere(elsewhere),
    missing,
    offset: history.offset,
    history: history.entries.length,
    historyBytes: history.bytes,
    facts: Object.keys(facts).length,
    storing: following.storing.size,
    slowPolicy: policy.slow,
  }),
});

type RoomContext = Context<RoomProtocol>;

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
function take(state: RoomState, seat: Seat & { readonly contact: Contact }, context: RoomContext): void {
  const { member, contact } = seat;
  const before = state.seats.get(member.id);
  if (state.seats.size === 0) beginFollowing(state, context);
  state.seats.set(member.id, seat);
  context.stopTimer("close");
  if (before?.contact === undefined) {
    context.watch(contact.connection, { kind: "memberGone", member: member.id });
  }
  if (before !== undefined && before.contact === undefined) noLongerMissing(state, context);
  if (before?.member.name === member.name) return;
  announceHere(state, () => noteJoined(state.presence, member), context);
}

function vacate(state: RoomState, seat: Seat | undefined, context: RoomContext): void {
  if (seat === undefined) return;
  state.seats.delete(seat.member.id);
  if (seat.contact === undefined) noLongerMissing(state, context);
  else context.tell(state.channel, { kind: "detach", outlet: seat.contact.outlet });
  notArriving(state, seat.member.id);
  announceHere(state, () => noteLeft(state.presence, seat.member), context);
  if (state.seats.size > 0) return;
  endFollowing(state, context);
  closeWhenForgotten(state, context);
}

/** Gives what is said its place in the order, or has that done, and sends it to everybody. */
function say(
  state: RoomState,
  said: Utterance & { readonly id?: string },
  context: AskContext<RoomProtocol, "post" | "publish">,
): void {
  if (state.store !== undefined) return store(state, said, context);
  const { room, epoch, history, ids } = state;
  const { id, ...content } = said;
  const before = id === undefined ? undefined : ids.get(id);
  if (before !== undefined) return context.reply({ kind: "published", epoch, offset: before });
  const refused = refusalOfPost(content, state.facts);
  if (refused !== undefined) return context.reply(refused);
  const offset = history.offset + 1;
  publish(state, { room, offset, ...content, atMs: context.wallMs() }, context);
  rememberPost(ids, id, offset);
  context.reply({ kind: "published", epoch, offset });
}
